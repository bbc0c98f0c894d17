package org.dietsb.trainer.loss;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.RareLines;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.StateWire;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TimedOut;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes one attempt to topic batch-losses, to the partition whose answers its trainer already reads. */
public final class KafkaLossLog implements LossLog {
    public static final String TOPIC = "batch-losses";
    /** Maximum number of examples of several steps in a message, because a broker accepts none above 1 MB. */
    private static final int MOST_EXAMPLES = 100_000;

    private static final Logger LOG = Logger.getLogger(KafkaLossLog.class);
    private static final RareLines LOST = new RareLines(LOG, Logger.Level.WARN);

    private final Producer<String, byte[]> producer;
    private final String runId;
    private final int partition;
    private final long attempt;
    private final AttemptOpened opened;
    private final List<TimedOut> unsent = new ArrayList<>();
    /** Steps that are written with the next message, before it. */
    private final List<TrainedLosses> steps = new ArrayList<>();

    private int examplesOfSteps;
    private boolean takesSpans;
    private volatile Consumer<Answer> refusals = refusal -> {};

    private KafkaLossLog(
            Producer<String, byte[]> producer, String runId, int partition, long attempt, AttemptOpened opened) {
        this.producer = producer;
        this.runId = runId;
        this.partition = partition;
        this.attempt = attempt;
        this.opened = opened;
    }

    /**
     * Writes AttemptOpened and waits until it is stored. Its offset is the number of the attempt.
     *
     * @throws RetriableException if the broker is unavailable
     */
    public static KafkaLossLog open(
            Producer<String, byte[]> producer, String runId, int partition, AttemptOpened opened)
            throws InterruptedException {
        byte[] message = LossMessage.newBuilder()
                .setRunId(runId)
                .setAttemptOpened(opened)
                .build()
                .toByteArray();
        try {
            long attempt = producer.send(new ProducerRecord<>(TOPIC, partition, runId, message))
                    .get()
                    .offset();
            return new KafkaLossLog(producer, runId, partition, attempt, opened);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RetriableException away) {
                throw away;
            }
            throw new IllegalStateException("cannot write to topic " + TOPIC + ": " + failed.getCause(), failed);
        }
    }

    /** Sets what receives the refusal of a message that Kafka will never store. */
    public void whenRefused(Consumer<Answer> receiver) {
        refusals = receiver;
    }

    public long attempt() {
        return attempt;
    }

    @Override
    public void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole) {
        EpochOpened.Builder opened =
                EpochOpened.newBuilder().setEpoch(epoch).setRevision(revision).setWhole(whole);
        if (policy != null) {
            opened.setPolicy(PolicyWire.toWire(policy));
        }
        send(message().setEpochOpened(opened));
    }

    @Override
    public void takesSpans(boolean taken) {
        takesSpans = taken;
    }

    @Override
    public void announce(Announcement announcement) {
        send(message().setBatchLosses(batch(announcement).addAllTimedOut(takeUnsent())));
    }

    @Override
    public void announceSpan(List<Announcement> span) {
        BatchSpan.Builder batches = BatchSpan.newBuilder();
        span.forEach(announcement -> batches.addBatches(batch(announcement)));
        batches.getBatchesBuilder(0).addAllTimedOut(takeUnsent());
        send(message().setBatchSpan(batches));
    }

    private static BatchLosses.Builder batch(Announcement announcement) {
        BatchLosses.Builder batch = BatchLosses.newBuilder()
                .setEpoch(announcement.epoch())
                .setBatch(announcement.batch())
                .setRevision(announcement.revision())
                .setWhole(announcement.whole());
        for (int index : announcement.indices()) {
            batch.addIndices(index);
        }
        PassLosses pass = announcement.pass();
        if (pass != null) {
            for (float loss : pass.losses()) {
                batch.addLosses(loss);
            }
            batch.setCorrect(ByteString.copyFrom(pass.correct()));
        }
        Policy policy = announcement.policy();
        if (policy != null) {
            batch.setPolicy(PolicyWire.toWire(policy));
        }
        return batch;
    }

    @Override
    public void trained(int epoch, int[] indices, PassLosses pass) {
        TrainedLosses.Builder step =
                TrainedLosses.newBuilder().setEpoch(epoch).setCorrect(ByteString.copyFrom(pass.correct()));
        for (int i = 0; i < indices.length; i++) {
            step.addIndices(indices[i]).addLosses(pass.losses()[i]);
        }
        if (!takesSpans) {
            send(message().setTrainedLosses(step));
            return;
        }
        if (steps.size() >= opened.getWindow() || examplesOfSteps + indices.length > MOST_EXAMPLES) {
            sendSteps();
        }
        steps.add(step.build());
        examplesOfSteps += indices.length;
    }

    private void sendSteps() {
        if (steps.isEmpty()) {
            return;
        }
        LossMessage.Builder message = message();
        if (steps.size() == 1) {
            message.setTrainedLosses(steps.get(0));
        } else {
            message.setTrainedSteps(TrainedSteps.newBuilder().addAllSteps(steps));
        }
        steps.clear();
        examplesOfSteps = 0;
        write(message);
    }

    @Override
    public void requestState(int epoch, int batch) {
        send(message()
                .setStateRequested(StateRequested.newBuilder().setEpoch(epoch).setBatch(batch)));
    }

    @Override
    public void giveState(Answer.SelectorState state) {
        for (Answer.StatePart part : state.parts()) {
            send(message()
                    .setStateGiven(StateGiven.newBuilder().setOpened(opened).setState(StateWire.toWire(part))));
        }
    }

    @Override
    public void timedOut(TimedOutBatch batch) {
        unsent.add(TimedOut.newBuilder()
                .setEpoch(batch.epoch())
                .setBatch(batch.batch())
                .setDone(toWire(batch.done()))
                .build());
    }

    private List<TimedOut> takeUnsent() {
        List<TimedOut> taken = List.copyOf(unsent);
        unsent.clear();
        return taken;
    }

    public static TrainingOrder.OnTimeout toWire(OnTimeout done) {
        return switch (done) {
            case WHOLE -> TrainingOrder.OnTimeout.WHOLE;
            case RANDOM -> TrainingOrder.OnTimeout.RANDOM_AT_LAST_KEEP;
            case WAIT -> TrainingOrder.OnTimeout.WAIT;
        };
    }

    @Override
    public void close(String reason) {
        close(AttemptClosed.newBuilder().setReason(reason));
    }

    /**
     * Ends the attempt of a completed run.
     *
     * @param accuracy of its last evaluation, in [0, 1]; null if it was not evaluated
     */
    public void completed(@Nullable Double accuracy) {
        AttemptClosed.Builder closed = AttemptClosed.newBuilder().setReason("completed");
        close(accuracy == null ? closed : closed.setAccuracy(accuracy));
    }

    private void close(AttemptClosed.Builder closed) {
        send(message().setAttemptClosed(closed.addAllTimedOut(takeUnsent())));
        producer.flush();
    }

    private LossMessage.Builder message() {
        return LossMessage.newBuilder().setRunId(runId).setAttempt(attempt);
    }

    /** Writes a message, behind the steps before it. */
    private void send(LossMessage.Builder message) {
        sendSteps();
        write(message);
    }

    private void write(LossMessage.Builder message) {
        var unused = producer.send(
                new ProducerRecord<>(TOPIC, partition, runId, message.build().toByteArray()), (stored, failed) -> {
                    if (failed != null) {
                        LOST.log(() ->
                                "A message of run " + runId + ", attempt " + attempt + " was not stored: " + failed);
                    }
                    if (failed instanceof ApiException && !(failed instanceof RetriableException)) {
                        refusals.accept(new Answer.Refused(
                                "a message to topic " + TOPIC + " cannot be stored: " + failed.getMessage()));
                    }
                });
    }
}
