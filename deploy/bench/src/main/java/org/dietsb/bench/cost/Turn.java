package org.dietsb.bench.cost;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.LocalTrainer;
import org.dietsb.testbed.OpenRun;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.PublishedScores;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;

/** Runs of one cell each, all from the same fresh network. */
final class Turn {
    static final int PARTITION = 0;
    private static final long SEED = 1;
    private static final int CLASSES = 10;

    /** One to warm up, and a whole cycle of stale:3. */
    private static final int EPOCHS = 4;

    private final LocalTrainer trainer;
    private final String model;
    private final int batchSize;
    private final int window;
    private int runs;

    Turn(LocalTrainer trainer, String model, int batchSize, int window) {
        this.trainer = trainer;
        this.model = model;
        this.batchSize = batchSize;
        this.window = window;
    }

    /** Describes the device that trains. */
    String device() {
        return trainer.device().description();
    }

    private DatasetIdentity dataset() {
        return DatasetIdentity.newBuilder()
                .setName(trainer.dataset().identity().name())
                .setCount(trainer.dataset().train().count())
                .build();
    }

    /** Writes the score set of {@link Cell#REFERENCE}. */
    void writeReference(String bootstrapServers) {
        RandomStream draws = RandomStream.of("reference", SEED);
        float[] losses = new float[dataset().getCount()];
        int[] labels = new int[losses.length];
        for (int index = 0; index < losses.length; index++) {
            losses[index] = (float) draws.uniform(index);
            labels[index] = index % CLASSES;
        }
        PublishedScores.write(Cell.REFERENCE, dataset(), losses, labels, bootstrapServers);
    }

    /** Trains under the cell's policy. */
    EpochCost run(Cell cell, PrivateSystem system) throws InterruptedException {
        Map<String, Duration> before = system.cpuTimes();
        String runId = cell.equals(Cell.RECORDED) ? Cell.RECORDED_RUN : "run-" + ++runs;
        TrainingOrder order = order(runId, cell.policy());
        try {
            List<EpochFigures> figures = cell.overKafka()
                    ? trainOverKafka(order, cell.inSpans(), system.bootstrapServers())
                    : trainAlone(order);
            return EpochCost.of(figures, system.cpuSecondsSince(before));
        } catch (IllegalStateException failed) {
            system.processes().mustBeAlive();
            throw new UserError(cell.name() + " failed: " + failed.getMessage());
        }
    }

    private List<EpochFigures> trainAlone(TrainingOrder order) throws InterruptedException {
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        StampedPolicy policy = new StampedPolicy(0, order.firstPolicy());
        return trainer.train(order, new AloneLog(inbox), inbox, (epoch, progress) -> policy)
                .epochs();
    }

    private List<EpochFigures> trainOverKafka(TrainingOrder order, boolean inSpans, String bootstrapServers)
            throws InterruptedException {
        AttemptOpened opened = AttemptOpened.newBuilder()
                .setDataset(dataset())
                .setModel(order.model())
                .setSeed(order.seed())
                .setEpochs(order.recipe().epochs())
                .setBatchSize(order.recipe().batchSize())
                .setWindow(order.window())
                .setReadsSpans(inSpans)
                .setProxy(order.proxy() == null ? "" : order.proxy().runId())
                .setProxyOf(Objects.requireNonNullElse(order.proxyOf(), ""))
                .build();
        StampedPolicy policy = new StampedPolicy(0, order.firstPolicy());
        try (OpenRun open = OpenRun.of(order.runId(), PARTITION, opened, bootstrapServers)) {
            List<EpochFigures> figures = trainer.train(order, open.log(), open.inbox(), (epoch, progress) -> policy)
                    .epochs();
            open.log().completed(null);
            return figures;
        }
    }

    /** Trains the proxy of a run whose cell has one. */
    void runProxyOf(String runId, String proxy, String bootstrapServers) throws InterruptedException {
        TrainingOrder order = Objects.requireNonNull(
                order(runId, Cell.judgedBy(proxy).policy()).proxy());
        var unused = trainOverKafka(order, false, bootstrapServers);
    }

    /** Times the parts of a step on a network of their own. */
    void measure(StepParts parts, Collection<Integer> sizes, Collection<Double> scales) {
        try (Network network = trainer.network(order("parts", Policy.BASELINE));
                DeviceImages images = trainer.images(network, trainer.dataset().train())) {
            parts.measure(network, images, sizes, scales);
        }
    }

    private TrainingOrder order(String runId, Policy policy) {
        return new TrainingOrder(
                runId,
                new TrainingOrder.DatasetChoice(trainer.dataset().identity().name(), null, 0, 0),
                model,
                SEED,
                new TrainingOrder.Recipe(
                        EPOCHS, new Budget.Epochs(), batchSize, .05, "constant", 0, .9, 5e-4, true, true),
                window,
                policy,
                Duration.ofSeconds(30),
                OnTimeout.WAIT,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                false,
                List.of());
    }
}
