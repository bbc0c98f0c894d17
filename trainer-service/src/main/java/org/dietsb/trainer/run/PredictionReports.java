package org.dietsb.trainer.run;

import ai.djl.ndarray.NDManager;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.PredictionMessage;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Topic prediction-errors: the error norms of an ensemble member, over all training examples, un-augmented. */
@ApplicationScoped
class PredictionReports {
    static final String OUT = "prediction-errors-out";
    private static final int CHUNK = 10_000;
    private static final int BATCH = 500;

    private final Emitter<Record<String, byte[]>> emitter;

    PredictionReports(
            @Channel(OUT) @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<Record<String, byte[]>> emitter) {
        this.emitter = emitter;
    }

    /** Predicts and sends, chunk by chunk; returns when all is stored. */
    void report(
            TrainingOrder order,
            long attempt,
            Dataset dataset,
            Network network,
            DeviceImages train,
            long startedNanos) {
        TrainingOrder.ScoringMember member = member(order);
        int count = train.count();
        float[] norms = new float[count];
        for (int from = 0; from < count; from += BATCH) {
            int[] indices = new int[Math.min(BATCH, count - from)];
            int first = from;
            Arrays.setAll(indices, i -> first + i);
            try (NDManager manager = network.manager().newSubManager()) {
                float[] some = network.errorNorms(train.gather(manager, indices), train.labels(manager, indices));
                System.arraycopy(some, 0, norms, from, some.length);
            }
        }
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        for (int from = 0; from < count; from += CHUNK) {
            PredictionErrors.Builder chunk = PredictionErrors.newBuilder()
                    .setScoringId(member.scoringId())
                    .setMember(member.member())
                    .setRunId(order.runId())
                    .setAttempt(attempt)
                    .setDataset(OrderWire.toWire(dataset.identity()))
                    .setSeed(order.seed())
                    .setFirstIndex(from)
                    .setSeconds(seconds)
                    .setExamplesTrained((long) count * member.stopAfterEpochs());
            for (int i = from; i < Math.min(count, from + CHUNK); i++) {
                chunk.addErrorNorms(norms[i]).addLabels(dataset.train().label(i));
            }
            send(member, PredictionMessage.newBuilder().setErrors(chunk).build());
        }
    }

    /** Tells the scoring that this member will not report; nothing for a run that is no member. */
    void failed(TrainingOrder order, long attempt, String reason) {
        TrainingOrder.ScoringMember member = order.member();
        if (member != null) {
            send(
                    member,
                    PredictionMessage.newBuilder()
                            .setFailed(PredictionFailed.newBuilder()
                                    .setScoringId(member.scoringId())
                                    .setMember(member.member())
                                    .setRunId(order.runId())
                                    .setAttempt(attempt)
                                    .setReason(reason))
                            .build());
        }
    }

    private static TrainingOrder.ScoringMember member(TrainingOrder order) {
        TrainingOrder.ScoringMember member = order.member();
        if (member == null) {
            throw new IllegalArgumentException("run " + order.runId() + " is no member of a scoring");
        }
        return member;
    }

    private void send(TrainingOrder.ScoringMember member, PredictionMessage message) {
        try {
            emitter.send(Record.of(member.scoringId(), message.toByteArray()))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failed) {
            throw new IllegalStateException("cannot write to topic prediction-errors: " + failed.getCause(), failed);
        }
    }
}
