package org.dietsb.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.launcher.text.UserError;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;

/** Runs of the trainer's own loop, one cell each, all from the same fresh network. */
final class Turn {
    private static final long SEED = 1;

    /** One to warm up, and a whole cycle of stale:3. */
    private static final int EPOCHS = 4;

    private final String model;
    private final Dataset dataset;
    private final TrainerDevice device;
    private final Precisions precisions;
    private final int batchSize;
    private final int window;
    private int runs;

    Turn(String model, Dataset dataset, TrainerDevice device, Precisions precisions, int batchSize, int window) {
        this.model = model;
        this.dataset = dataset;
        this.device = device;
        this.precisions = precisions;
        this.batchSize = batchSize;
        this.window = window;
    }

    /** What it trains on, in words. */
    String device() {
        return device.description();
    }

    /** Trains under the cell's policy. */
    EpochCost run(Cell cell, PrivateSystem system) throws InterruptedException {
        Map<String, Duration> before = system.cpuTimes();
        String runId = cell.equals(Cell.RECORDED) ? Cell.RECORDED_RUN : "run-" + ++runs;
        TrainingOrder order = order(runId, cell.policy());
        try {
            List<EpochFigures> figures;
            if (!cell.overKafka()) {
                MaskInbox inbox = new MaskInbox(roundTrip -> {});
                figures = train(order, new AloneLog(inbox), inbox);
            } else {
                try (OpenRun open = OpenRun.of(order, dataset, system.bootstrapServers())) {
                    figures = train(order, open);
                }
            }
            return EpochCost.of(figures, before, system.cpuTimes());
        } catch (IllegalStateException failed) {
            system.mustBeAlive();
            throw new UserError(cell.name() + " did not end as it should: " + failed.getMessage());
        }
    }

    private List<EpochFigures> train(TrainingOrder order, OpenRun open) throws InterruptedException {
        List<EpochFigures> figures = train(order, open.log(), open.inbox());
        open.log().completed(null);
        return figures;
    }

    /** Trains the proxy of a run of the cell that is judged by one. */
    void runProxyOf(String runId, String proxy, String bootstrapServers) throws InterruptedException {
        TrainingOrder order = Objects.requireNonNull(
                order(runId, Cell.judgedBy(proxy).policy()).proxy());
        try (OpenRun open = OpenRun.of(order, dataset, bootstrapServers)) {
            var unused = train(order, open);
        }
    }

    private List<EpochFigures> train(TrainingOrder order, LossLog log, MaskInbox inbox) throws InterruptedException {
        List<EpochFigures> figures = new ArrayList<>();
        StampedPolicy policy = new StampedPolicy(0, order.firstPolicy());
        try (Network network = network(order.model());
                DeviceImages images = images(network)) {
            TrainingLoop.Outcome outcome = new TrainingLoop(
                            order,
                            new TrainingLoop.Learner(network, images, images),
                            new TrainingLoop.Exchange(log, inbox, (epoch, progress) -> policy),
                            new TrainingMeters(new SimpleMeterRegistry(), false),
                            new Epochs(figures),
                            null)
                    .run();
            if (!(outcome instanceof TrainingLoop.Outcome.Completed)) {
                throw new IllegalStateException(outcome.toString());
            }
            return figures;
        }
    }

    /** Times the parts of a step on a network of their own. */
    void measure(StepParts parts, Collection<Integer> sizes, Collection<Double> scales) {
        try (Network network = network(model);
                DeviceImages images = images(network)) {
            parts.measure(network, images, sizes, scales);
        }
    }

    private Network network(String name) {
        return Network.create(
                new NetworkSpec(
                        NetworkSpec.Origin.fresh(name),
                        dataset.train().channels(),
                        dataset.classNames().size(),
                        SEED,
                        .9,
                        5e-4),
                device.device(),
                precisions);
    }

    private DeviceImages images(Network network) {
        return new DeviceImages(network.manager(), dataset.train(), dataset.mean(), dataset.std());
    }

    private TrainingOrder order(String runId, Policy policy) {
        return new TrainingOrder(
                runId,
                new TrainingOrder.DatasetChoice(dataset.identity().name(), null, 0, 0),
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
                null);
    }

    /** Notes what each epoch cost. */
    private record Epochs(List<EpochFigures> figures) implements RunListener {
        @Override
        public void epochOpened(int epoch, double epochs, int[] kept, Policy policy) {}

        @Override
        public void policyPlaced(long revision, Policy policy, int epoch, int batch) {}

        @Override
        public void slotDone(int epoch, int batch, int batches, EpochProgress soFar) {}

        @Override
        public void epochDone(EpochFigures done) {
            figures.add(done);
        }
    }
}
