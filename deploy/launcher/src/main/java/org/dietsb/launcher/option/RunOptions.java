package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.Tags;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OfOrder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a run alone: its length, its evaluations, and what happens when a mask is late. */
@Heading("Length, checkpoints and waiting")
public final class RunOptions implements Checked {
    @OfOrder(OrderField.BUDGET)
    @Option(names = "--budget", paramLabel = "BUDGET")
    public Budget budget = new Budget(OrderField.BUDGET.usual());

    @OfOrder(OrderField.EVALUATE_EVERY)
    @Option(names = "--evaluate-every", paramLabel = "N")
    int evaluateEvery = OrderField.EVALUATE_EVERY.usualWhole();

    @OfOrder(OrderField.STOP_AT_ACCURACY)
    @Option(
            names = "--stop-at-accuracy",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description = "the learning rate still follows --epochs or --budget")
    @Nullable
    Double stopAtAccuracy;

    @OfOrder(OrderField.INIT)
    @Option(
            names = "--init",
            paramLabel = "FILE",
            description = "as --model-out writes it; the last layer is skipped if the classes differ")
    public @Nullable Path init;

    @OfOrder(OrderField.CHECKPOINT_EVERY)
    @Option(names = "--checkpoint-every", paramLabel = "N")
    int checkpointEvery = OrderField.CHECKPOINT_EVERY.usualWhole();

    @OfOrder(OrderField.MASK_TIMEOUT_SECONDS)
    @Option(names = "--mask-timeout", paramLabel = "SECONDS", description = "seconds to wait for a mask")
    double maskTimeout = OrderField.MASK_TIMEOUT_SECONDS.usualNumber();

    @OfOrder(OrderField.ON_TIMEOUT)
    @Option(names = "--on-timeout", paramLabel = "WHAT")
    OnTimeout onTimeout = OnTimeout.WHOLE;

    @OfOrder(OrderField.TAGS)
    @Option(names = "--tag", split = ",", paramLabel = "NAME", description = "may be repeated")
    List<String> tags = List.of();

    enum OnTimeout {
        /** Train the whole batch. */
        WHOLE,
        /** Train a random share of the batch. */
        RANDOM,
        /** Keep waiting. */
        WAIT;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** Notes values that contradict each other or name missing files. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                stopAtAccuracy == null || evaluateEvery > 0,
                "--evaluate-every",
                evaluateEvery,
                "1 or more with --stop-at-accuracy");
        checkTags("--tag", tags, mistakes);
        mistakes.unless(init == null || Files.isRegularFile(init), "--init", String.valueOf(init), "an existing file");
    }

    /** Notes words that are no tags, or too many. */
    public static void checkTags(String option, List<String> tags, Mistakes mistakes) {
        tags.forEach(tag -> mistakes.unless(Tags.isValid(tag), option, tag, Tags.SYNTAX));
        mistakes.unless(tags.size() <= Tags.MOST, option, tags.size() + " tags", Tags.MOST + " or fewer");
        mistakes.unless(new HashSet<>(tags).size() == tags.size(), option, String.join(",", tags), "each tag once");
    }

    public void addTo(ObjectNode order) {
        order.put("budget", budget.text())
                .put("evaluateEvery", evaluateEvery)
                .put("checkpointEvery", checkpointEvery)
                .put("maskTimeoutSeconds", maskTimeout)
                .put("onTimeout", onTimeout.toString());
        if (!tags.isEmpty()) {
            tags.forEach(order.withArray("tags")::add);
        }
        if (stopAtAccuracy != null) {
            order.put("stopAtAccuracy", stopAtAccuracy);
        }
        if (init != null) {
            order.put("init", init.toAbsolutePath().normalize().toString());
        }
    }
}
