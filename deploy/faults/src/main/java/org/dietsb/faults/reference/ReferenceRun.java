package org.dietsb.faults.reference;

import com.google.protobuf.InvalidProtocolBufferException;
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
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Lookups;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.testbed.LocalTrainer;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/**
 * Runs an order in this JVM without faults: the trainer's own loop and the reference selector, without Kafka. Each message
 * carries the policy revision that it carries in the disturbed run.
 */
public final class ReferenceRun {
    private ReferenceRun() {}

    /**
     * Runs an order.
     *
     * @param trainer computes the same bits as the services if it has as many threads
     * @param stamps surviving messages of the run, whose revisions are repeated in their order
     */
    public static Reference run(LocalTrainer trainer, TrainingOrder order, Survivors stamps, Lookups lookups)
            throws InterruptedException {
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        try (AnsweredLog log = new AnsweredLog(order.runId(), stamps, lookups, inbox)) {
            LocalTrainer.Trained trained = trainer.train(order, log, inbox, (epoch, progress) -> log.nextPolicy());
            return new Reference(log.losses, log.masks, trained.epochs(), trained.weightsChecksum());
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

        /** Called once for each message that carries a revision. */
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
            } catch (InvalidProtocolBufferException impossible) {
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
            float[] weights = LossState.floats(mask.getWeightsList());
            inbox.offer(new Answer.BatchMask(
                    mask.getEpoch(),
                    mask.getBatch(),
                    mask.getRevision(),
                    Lookups.bits(mask.getSelected()).stream().toArray(),
                    weights.length == 0 ? null : weights));
        }

        @Override
        public void trained(int epoch, int[] indices, PassLosses ofStep) {
            written.trained(epoch, indices, ofStep);
            selector.note(lastWritten().getTrainedLosses());
        }

        /** Not written: barriers do not belong to what survives of a log. */
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
                    state.timesSelected(),
                    new byte[0],
                    Answer.StatePart.OfPolicy.NOTHING));
        }

        @Override
        public void giveState(Answer.SelectorState state) {}

        @Override
        public void timedOut(TimedOutBatch batch) {
            throw new IllegalStateException("a mask was not available at once: " + batch);
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
                    : Lookups.bits(mask.getKept()).stream().toArray();
            if (kept == null || mask.getWeighted().isEmpty()) {
                return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept);
            }
            BitSet weighted = Lookups.bits(mask.getWeighted());
            float[] weights = new float[kept.length];
            for (int i = 0; i < kept.length; i++) {
                weights[i] = weighted.get(kept[i]) ? mask.getWeight() : 1;
            }
            return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept, weights);
        }
    }
}
