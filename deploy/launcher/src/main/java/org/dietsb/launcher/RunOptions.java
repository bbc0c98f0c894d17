package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dietsb.contracts.Label;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Of a run alone: how long, how often evaluated, what to do when a mask does not come. */
final class RunOptions {
    @Option(
            names = "--budget",
            defaultValue = "epochs",
            description =
                    "epochs (default), steps=N, or passes=N over the training set, a selection pass counting a third")
    Budget budget = new Budget("epochs");

    @Option(
            names = "--evaluate-every",
            defaultValue = "1",
            description = "epochs; 0 = never (default ${DEFAULT-VALUE})")
    int evaluateEvery = 1;

    @Option(
            names = "--stop-at-accuracy",
            paramLabel = "X",
            description =
                    "end with the first evaluation that reaches this share of the test set, (0, 1]; the learning rate "
                            + "goes by --epochs or --budget all the same")
    @Nullable
    Double stopAtAccuracy;

    @Option(
            names = "--init",
            paramLabel = "FILE",
            description =
                    "begin with the parameters of a file that --model-out wrote, of the same --model; its last layer "
                            + "is left out where the classes are others")
    @Nullable
    Path init;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            defaultValue = "0",
            description = "batches between checkpoints; 0 = at each epoch's end alone (default ${DEFAULT-VALUE})")
    int checkpointEvery;

    @Option(
            names = "--mask-timeout",
            defaultValue = "30",
            description = "seconds to wait for a mask (default ${DEFAULT-VALUE})")
    double maskTimeout = 30;

    @Option(
            names = "--on-timeout",
            defaultValue = "whole",
            description = "what then: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    OnTimeout onTimeout = OnTimeout.WHOLE;

    enum OnTimeout {
        /** Train the batch whole. */
        WHOLE,
        /** Train a random share of it. */
        RANDOM,
        /** Wait on. */
        WAIT;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** Refuses what is out of range. */
    void check() {
        WrongUsage.unless(evaluateEvery >= 0, "--evaluate-every", evaluateEvery, "0 (never) or more");
        Double stopAt = stopAtAccuracy;
        WrongUsage.unless(
                stopAt == null || (stopAt > 0 && stopAt <= 1), "--stop-at-accuracy", String.valueOf(stopAt), "(0, 1]");
        WrongUsage.unless(
                stopAt == null || evaluateEvery > 0,
                "--evaluate-every",
                evaluateEvery,
                "1 or more with --stop-at-accuracy");
        WrongUsage.unless(
                init == null || Files.isRegularFile(init), "--init", String.valueOf(init), "a file that is there");
        WrongUsage.unless(
                maskTimeout >= .001 && maskTimeout <= 86_400, "--mask-timeout", maskTimeout, "[0.001, 86400] seconds");
    }

    /** Adds these to an order. */
    void addTo(ObjectNode order) {
        order.put("budget", budget.text())
                .put("evaluateEvery", evaluateEvery)
                .put("checkpointEvery", checkpointEvery)
                .put("maskTimeoutSeconds", maskTimeout)
                .put("onTimeout", onTimeout.toString());
        if (stopAtAccuracy != null) {
            order.put("stopAtAccuracy", stopAtAccuracy);
        }
        if (init != null) {
            order.put("init", init.toAbsolutePath().normalize().toString());
        }
    }
}
