package org.dietsb.trainer.run;

import ai.djl.ndarray.NDManager;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.RunFailedException;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.PredictionMessage;

/** Topic prediction-errors: the error norms of an ensemble member over all training examples, without augmentation. */
@Singleton
class PredictionReports {
    static final String TOPIC = "prediction-errors";
    private static final int CHUNK = 10_000;
    private static final int BATCH = 500;

    private final Producer<String, byte[]> producer;

    PredictionReports(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Predicts and sends the error norms, chunk by chunk; returns when all are stored.
     *
     * @param examplesTrained number of examples that got a gradient, summed over epochs
     * @param startedNanos when training began, by System.nanoTime
     * @throws RunFailedException before anything is sent, if a norm is not finite
     */
    void report(
            TrainingOrder order,
            long attempt,
            Dataset dataset,
            Network network,
            DeviceImages train,
            long examplesTrained,
            long startedNanos) {
        TrainingOrder.ScoringMember member = member(order);
        int count = train.count();
        float[] norms = new float[count];
        train.expectAll();
        for (int from = 0; from < count; from += BATCH) {
            int[] indices = new int[Math.min(BATCH, count - from)];
            int first = from;
            Arrays.setAll(indices, i -> first + i);
            try (NDManager manager = network.manager().newSubManager()) {
                float[] some = network.errorNorms(train.gather(manager, indices), train.labels(manager, indices));
                System.arraycopy(some, 0, norms, from, some.length);
            }
        }
        for (float norm : norms) {
            if (!Float.isFinite(norm)) {
                throw new RunFailedException(
                        "training diverged: an error norm of this member is " + norm + ". Try a lower learningRate");
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
                    .setExamplesTrained(examplesTrained);
            for (int i = from; i < Math.min(count, from + CHUNK); i++) {
                chunk.addErrorNorms(norms[i]).addLabels(dataset.train().label(i));
            }
            send(member, PredictionMessage.newBuilder().setErrors(chunk).build());
        }
    }

    /** Reports to the scoring that this member has failed; does nothing if the run is not a member. */
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
            throw new IllegalArgumentException("run " + order.runId() + " is not a member of a scoring");
        }
        return member;
    }

    private void send(TrainingOrder.ScoringMember member, PredictionMessage message) {
        try {
            producer.send(new ProducerRecord<>(TOPIC, member.scoringId(), message.toByteArray()))
                    .get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("cannot write to topic " + TOPIC + ": " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing to topic " + TOPIC, interrupted);
        }
    }
}
