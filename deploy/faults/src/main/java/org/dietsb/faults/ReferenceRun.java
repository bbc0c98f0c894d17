package org.dietsb.faults;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.run.TrainerDevice;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/**
 * Runs an order in this JVM, undisturbed: the trainer's own loop, the reference selector beside it, no Kafka. It stamps the
 * revisions at the places where a disturbed run did.
 */
final class ReferenceRun {
    private final TrainerDevice device;
    private final Dataset dataset;

    /** Trains on this device, which computes the same bits as that of the services if it has as many threads. */
    ReferenceRun(TrainerDevice device, Dataset dataset) {
        this.device = device;
        this.dataset = dataset;
    }

    /**
     * Runs it.
     *
     * @param stamps the run's messages that survived: their revisions are stamped, in their order
     */
    Reference run(TrainingOrder order, Survivors stamps, Lookups lookups) throws InterruptedException {
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        List<EpochFigures> epochs = new ArrayList<>();
        TrainingOrder.Recipe recipe = order.recipe();
        try (Network network = Network.create(
                        order.model(),
                        dataset.train().channels(),
                        dataset.classNames().size(),
                        order.seed(),
                        device.device(),
                        new Precisions(Precision.FLOAT32, Precision.FLOAT32),
                        recipe.momentum(),
                        recipe.weightDecay());
                DeviceImages train =
                        new DeviceImages(network.manager(), dataset.train(), dataset.mean(), dataset.std());
                DeviceImages test = new DeviceImages(network.manager(), dataset.test(), dataset.mean(), dataset.std());
                AnsweredLog log = new AnsweredLog(order.runId(), stamps, lookups, inbox)) {
            TrainingLoop.Outcome outcome = new TrainingLoop(
                            order,
                            new TrainingLoop.Learner(network, train, test),
                            new TrainingLoop.Exchange(log, inbox, (epoch, progress) -> log.nextPolicy()),
                            new TrainingMeters(new SimpleMeterRegistry()),
                            new Epochs(epochs))
                    .run();
            if (!(outcome instanceof TrainingLoop.Outcome.Completed)) {
                throw new IllegalStateException("the reference run did not end as it should: " + outcome);
            }
            return new Reference(log.losses, log.masks, epochs, network.checksum());
        }
    }

    /** The trainer's own messages, answered at once. */
    private static final class AnsweredLog implements LossLog, AutoCloseable {
        private final MockProducer<String, byte[]> producer =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        private final KafkaLossLog written;
        private final ReferenceSelector selector;
        private final MaskInbox inbox;
        private final Deque<StampedPolicy> policies = new ArrayDeque<>();
        private final List<LossMessage> losses = new ArrayList<>();
        private final List<MaskMessage> masks = new ArrayList<>();
        private @Nullable StampedPolicy last;

        AnsweredLog(String runId, Survivors stamps, Lookups lookups, MaskInbox inbox) throws InterruptedException {
            this.written = KafkaLossLog.open(producer, runId, 0, stamps.opened());
            this.selector = new ReferenceSelector(stamps.opened(), lookups);
            this.inbox = inbox;
            for (Entry<LossMessage> entry : stamps.surviving()) {
                LossMessage message = entry.message();
                if (message.hasEpochOpened()) {
                    stamp(stamps, message.getEpochOpened().getRevision());
                } else if (message.hasBatchLosses()) {
                    stamp(stamps, message.getBatchLosses().getRevision());
                }
            }
        }

        private void stamp(Survivors stamps, long revision) {
            policies.add(new StampedPolicy(
                    revision,
                    PolicyWire.fromWire(Objects.requireNonNull(stamps.policies().get(revision)))));
        }

        /** The stamps are asked for once for each message that carries one. */
        StampedPolicy nextPolicy() {
            StampedPolicy next = policies.poll();
            last = next == null ? last : next;
            return Objects.requireNonNull(last);
        }

        private LossMessage lastWritten() {
            try {
                LossMessage message = LossMessage.parseFrom(
                        producer.history().get(producer.history().size() - 1).value());
                losses.add(message);
                return message;
            } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole) {
            written.openEpoch(epoch, revision, policy, whole);
            EpochMask mask = selector.answer(lastWritten().getEpochOpened());
            masks.add(MaskMessage.newBuilder().setEpochMask(mask).build());
            inbox.offer(answer(mask));
        }

        @Override
        public void announce(Announcement announcement) {
            written.announce(announcement);
            BatchMask mask = selector.answer(lastWritten().getBatchLosses());
            masks.add(MaskMessage.newBuilder().setBatchMask(mask).build());
            float[] weights = new float[mask.getWeightsCount()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = mask.getWeights(i);
            }
            inbox.offer(new Answer.BatchMask(
                    mask.getEpoch(),
                    mask.getBatch(),
                    mask.getRevision(),
                    bits(mask.getSelected()).stream().toArray(),
                    weights.length == 0 ? null : weights));
        }

        @Override
        public void trained(int epoch, int[] indices, float[] ofStep) {
            written.trained(epoch, indices, ofStep);
            selector.note(lastWritten().getTrainedLosses());
        }

        /** What survives of a log is without its barriers. */
        @Override
        public void requestState(int epoch, int batch) {
            LossState state = selector.state();
            inbox.offer(new Answer.StatePart(
                    epoch,
                    batch,
                    0,
                    1,
                    state.historySize(),
                    state.history(),
                    0,
                    state.lastLosses(),
                    0,
                    state.timesSelected()));
        }

        @Override
        public void giveState(Answer.SelectorState state) {}

        @Override
        public void timedOut(TimedOutBatch batch) {
            throw new IllegalStateException("a mask was not there at once: " + batch);
        }

        @Override
        public void close(String reason) {}

        @Override
        public void close() {
            producer.close();
        }

        private static Answer.EpochMask answer(EpochMask mask) {
            int[] kept = mask.getKept().isEmpty()
                    ? null
                    : bits(mask.getKept()).stream().toArray();
            if (kept == null || mask.getWeighted().isEmpty()) {
                return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept);
            }
            BitSet weighted = bits(mask.getWeighted());
            float[] weights = new float[kept.length];
            for (int i = 0; i < kept.length; i++) {
                weights[i] = weighted.get(kept[i]) ? mask.getWeight() : 1;
            }
            return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept, weights);
        }

        private static BitSet bits(com.google.protobuf.ByteString bits) {
            return BitSet.valueOf(bits.asReadOnlyByteBuffer());
        }
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
