package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.run.Ordered;
import org.dietsb.selector.run.RunSheet;

/** A setting of a run, as text. */
record Setting(String what, String value) {
    private static final int DIGITS_OF_A_CHECKSUM = 12;

    /** Lists the settings of a run. A run whose own loop trains it may have told few of them. */
    static List<Setting> of(RunSheet run) {
        Ordered order = run.ordered();
        List<Setting> settings = new ArrayList<>();
        add(settings, "Model", order.modelFile().isEmpty() ? run.model() : run.model() + ", " + order.modelFile());
        add(settings, "Dataset", dataset(run));
        add(settings, "Seed", String.valueOf(run.seed()));
        add(settings, "Length", order.budget().equals("epochs") ? Words.epochs(order.epochs()) : order.budget());
        add(settings, "Batch size", String.valueOf(run.batchSize()));
        if (!run.foreign()) {
            add(settings, "Learning rate", rate(order));
            add(settings, "Momentum", Words.plain(order.momentum()));
            add(settings, "Weight decay", Words.plain(order.weightDecay()));
            add(settings, "Augmentation", order.augment().replace(",", ", "));
            add(settings, "Window", order.window() + (order.window() == 1 ? " batch" : " batches"));
            add(settings, "Late masks", late(order));
            add(settings, "Evaluation", every(order.evaluateEvery(), "epoch", "never"));
            add(settings, "Checkpoints", every(order.checkpointEvery(), "batch", "each epoch"));
        }
        add(settings, "Stops at accuracy", order.stopAtAccuracy() == null ? "" : Words.percent(order.stopAtAccuracy()));
        add(settings, "Initial weights", order.init());
        add(settings, "Tags", String.join(", ", order.tags()));
        add(settings, "Trained by", run.foreign() ? "a loop of its own" : "");
        add(settings, "Versions", run.trainedWith());
        add(settings, "Data", data(run));
        return settings;
    }

    /** Summarises the settings in one line. */
    static String summary(RunSheet run) {
        Ordered order = run.ordered();
        return "seed " + run.seed() + ", "
                + (order.budget().equals("epochs") ? Words.epochs(order.epochs()) : order.budget()) + ", batches of "
                + run.batchSize() + (run.foreign() ? "" : ", learning rate " + Words.plain(order.learningRate()));
    }

    private static void add(List<Setting> settings, String what, String value) {
        if (!value.isEmpty()) {
            settings.add(new Setting(what, value));
        }
    }

    private static String dataset(RunSheet run) {
        Ordered order = run.ordered();
        return run.dataset()
                + (order.limit() == 0 ? "" : ", the first " + order.limit())
                + (order.imageSize() == 0 ? "" : ", " + order.imageSize() + " pixels")
                + (order.dataDir().isEmpty() ? "" : ", " + order.dataDir());
    }

    private static String data(RunSheet run) {
        return run.fingerprint().isEmpty()
                ? ""
                : run.examples() + " examples, "
                        + run.fingerprint()
                                .substring(
                                        0,
                                        Math.min(
                                                DIGITS_OF_A_CHECKSUM,
                                                run.fingerprint().length()));
    }

    private static String rate(Ordered order) {
        return Words.plain(order.learningRate()) + ", " + order.schedule()
                + (order.warmupEpochs() == 0 ? "" : ", warm-up " + Words.plain(order.warmupEpochs()) + " epochs");
    }

    private static String late(Ordered order) {
        return order.onTimeout().equals("wait")
                ? "wait"
                : order.onTimeout() + " batch after " + Words.plain(order.maskTimeoutSeconds()) + " s";
    }

    private static String every(int number, String what, String never) {
        String plural = what.equals("batch") ? "batches" : what + "s";
        return number == 0 ? never : number == 1 ? "each " + what : "every " + number + " " + plural;
    }
}
