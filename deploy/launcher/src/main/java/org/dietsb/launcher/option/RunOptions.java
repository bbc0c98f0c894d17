package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.Tags;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a run alone: its length, its evaluations, and what happens when a mask is late. */
@Heading("Length, checkpoints and waiting")
public final class RunOptions {
    @Option(
            names = "--budget",
            paramLabel = "BUDGET",
            defaultValue = "epochs",
            description = "epochs, steps=N, or passes=N over the training set, where a selection pass counts a third;"
                    + " default epochs")
    public Budget budget = new Budget("epochs");

    @InRange(value = "[0, 2147483647]", text = "0 (never) or more")
    @Option(
            names = "--evaluate-every",
            paramLabel = "N",
            description = "epochs between evaluations; 0 = never; default ${DEFAULT-VALUE}")
    int evaluateEvery = 1;

    @InRange("(0, 1]")
    @Option(
            names = "--stop-at-accuracy",
            paramLabel = "X",
            description =
                    "stop at the first evaluation that reaches this share of the test set, (0, 1]; the learning rate "
                            + "still follows --epochs or --budget")
    @Nullable
    Double stopAtAccuracy;

    @Option(
            names = "--init",
            paramLabel = "FILE",
            description = "start with the parameters of a file that --model-out wrote for the same --model; the last "
                    + "layer is skipped if the classes differ")
    public @Nullable Path init;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "batches between checkpoints; 0 = only at the end of each epoch; default ${DEFAULT-VALUE}")
    int checkpointEvery;

    @InRange("[0.001, 86400] seconds")
    @Option(
            names = "--mask-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "seconds to wait for a mask; default ${DEFAULT-VALUE}")
    double maskTimeout = 30;

    @Option(
            names = "--on-timeout",
            paramLabel = "WHAT",
            description = "what to train when a mask is late: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    OnTimeout onTimeout = OnTimeout.WHOLE;

    @Option(
            names = "--tag",
            split = ",",
            paramLabel = "NAME",
            description =
                    "a word by which the run is found, of a to z, 0 to 9, '.', '_' and '-'; may be repeated, at most 8")
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

    /** Rejects values that contradict each other or name missing files. */
    public void check() {
        WrongUsage.unless(
                stopAtAccuracy == null || evaluateEvery > 0,
                "--evaluate-every",
                evaluateEvery,
                "1 or more with --stop-at-accuracy");
        checkTags("--tag", tags);
        WrongUsage.unless(
                init == null || Files.isRegularFile(init), "--init", String.valueOf(init), "an existing file");
    }

    /** Rejects words that are no tags, or too many. */
    public static void checkTags(String option, List<String> tags) {
        tags.forEach(tag -> WrongUsage.unless(Tags.isValid(tag), option, tag, Tags.SYNTAX));
        WrongUsage.unless(tags.size() <= Tags.MOST, option, tags.size() + " tags", Tags.MOST + " or fewer");
        WrongUsage.unless(new HashSet<>(tags).size() == tags.size(), option, String.join(",", tags), "each tag once");
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
