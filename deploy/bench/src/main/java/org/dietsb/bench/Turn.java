package org.dietsb.bench;

import ai.djl.Device;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.dietsb.launcher.UserError;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.mask.Policy;
import org.dietsb.trainer.mask.StampedPolicy;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;

/** Runs of the trainer's own loop, one cell each, all from the same fresh network. */
final class Turn {
    static final int PARTITION = 0;

    private static final long SEED = 1;

    /** One to warm up, and a whole cycle of stale:3. */
    private static final int EPOCHS = 4;

    private final String model;
    private final Dataset dataset;
    private final Device device;
    private final Precisions precisions;
    private final int batchSize;
    private final int window;
    private int runs;

    Turn(String model, Dataset dataset, Device device, Precisions precisions, int batchSize, int window) {
        this.model = model;
        this.dataset = dataset;
        this.device = device;
        this.precisions = precisions;
        this.batchSize = batchSize;
        this.window = window;
    }

    /** Trains under the cell's policy. */
    EpochCost run(Cell cell, PrivateSystem system) throws InterruptedException {
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        if (!cell.overKafka()) {
            return run(cell, system, new AloneLog(inbox), inbox);
        }
        String runId = "run-" + ++runs;
        try (KafkaProducer<String, byte[]> producer = Clients.producer(system.bootstrapServers());
                KafkaMaskReader masks = KafkaMaskReader.atEnd(
                        Map.of("bootstrap.servers", system.bootstrapServers()),
                        runId,
                        PARTITION,
                        dataset.train().count(),
                        TrainerRoute::noAnswer)) {
            KafkaLossLog log = KafkaLossLog.open(
                    producer,
                    runId,
                    PARTITION,
                    AttemptOpened.newBuilder()
                            .setDataset(DatasetIdentity.newBuilder()
                                    .setName(dataset.identity().name())
                                    .setCount(dataset.train().count()))
                            .setModel(model)
                            .setSeed(SEED)
                            .setEpochs(EPOCHS)
                            .setBatchSize(batchSize)
                            .setWindow(window)
                            .build());
            masks.start(log.attempt(), inbox);
            EpochCost cost = run(cell, system, log, inbox);
            log.close("measured");
            return cost;
        }
    }

    private EpochCost run(Cell cell, PrivateSystem system, LossLog log, MaskInbox inbox) throws InterruptedException {
        List<EpochFigures> figures = new ArrayList<>();
        StampedPolicy policy = new StampedPolicy(0, cell.policy());
        try (Network network = network();
                DeviceImages images = images(network)) {
            Map<String, Duration> before = system.cpuTimes();
            TrainingLoop.Outcome outcome = new TrainingLoop(
                            order(cell.policy()),
                            new TrainingLoop.Learner(network, images, images),
                            new TrainingLoop.Exchange(log, inbox, (epoch, progress) -> policy),
                            new TrainingMeters(new SimpleMeterRegistry()),
                            new Epochs(figures))
                    .run();
            if (!(outcome instanceof TrainingLoop.Outcome.Completed)) {
                system.mustBeAlive();
                throw new UserError(cell.name() + " did not end as it should: " + outcome);
            }
            return EpochCost.of(figures, before, system.cpuTimes());
        }
    }

    /** Times the parts of a step on a network of their own. */
    void measure(StepParts parts, Collection<Integer> sizes, Collection<Double> scales) {
        try (Network network = network();
                DeviceImages images = images(network)) {
            parts.measure(network, images, sizes, scales);
        }
    }

    private Network network() {
        return Network.create(
                model, dataset.train().channels(), dataset.classNames().size(), SEED, device, precisions, .9, 5e-4);
    }

    private DeviceImages images(Network network) {
        return new DeviceImages(network.manager(), dataset.train(), dataset.mean(), dataset.std());
    }

    private TrainingOrder order(Policy policy) {
        return new TrainingOrder(
                "bench",
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
