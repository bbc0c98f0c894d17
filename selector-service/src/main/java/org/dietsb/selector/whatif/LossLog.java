package org.dietsb.selector.whatif;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the epochs of a run from its messages on topic batch-losses. What a later attempt repeats counts once, as that attempt
 * has it. Reads the messages twice, in their order: first {@link #scan} all of them, then {@link #read} all of them. For one thread.
 */
final class LossLog {
    private final List<Attempt> attempts = new ArrayList<>();
    private final Consumer<LossEpoch> epochs;
    private @Nullable AttemptOpened opened;

    /** The epoch that is read; 0 before the first. */
    private int epoch;

    private TreeMap<Integer, int[]> batches = new TreeMap<>();
    private float[] losses = new float[0];
    /** Examples whose losses are those of selection passes. */
    private BitSet judged = new BitSet();
    /** Examples whose classification is known, and those that were classified correctly. */
    private BitSet classified = new BitSet();

    private BitSet correct = new BitSet();
    /** The attempt that is read. */
    private int reading = -1;

    private boolean completed;

    /** An attempt of the run, and the first batch that it announces itself; null until that is known. */
    private static final class Attempt {
        private final long number;
        private @Nullable Place start;

        Attempt(long number) {
            this.number = number;
        }
    }

    /** A batch, from 0, of an epoch, from 1. */
    private record Place(int epoch, int batch) {
        boolean isBefore(Place other) {
            return epoch < other.epoch || (epoch == other.epoch && batch < other.batch);
        }
    }

    /**
     * Creates a log of nothing.
     *
     * @param epochs receives the epochs, in order, each once
     */
    LossLog(Consumer<LossEpoch> epochs) {
        this.epochs = epochs;
    }

    /** First reading: notes which attempts there are and where each begins. */
    void scan(LossMessage message, long offset) {
        if (message.hasAttemptOpened()) {
            attempts.add(new Attempt(offset));
            opened = message.getAttemptOpened();
            return;
        }
        Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
        if (last == null || last.number != message.getAttempt() || last.start != null) {
            return;
        }
        last.start = message.hasStateGiven()
                ? new Place(
                        message.getStateGiven().getState().getEpoch(),
                        message.getStateGiven().getState().getBatch())
                : new Place(1, 0);
    }

    /**
     * Returns what the last attempt was opened with, after the first reading.
     *
     * @throws IllegalArgumentException if the messages do not begin with the run's first batch
     */
    AttemptOpened opened() {
        Place first = attempts.isEmpty() ? null : attempts.get(0).start;
        if (opened == null || first == null) {
            throw new IllegalArgumentException("no batch of it is on topic batch-losses, or no longer");
        }
        if (attempts.stream().noneMatch(attempt -> new Place(1, 0).equals(attempt.start))) {
            throw new IllegalArgumentException("topic batch-losses has its batches only from epoch " + first.epoch
                    + ", batch " + first.batch + " on");
        }
        return opened;
    }

    /** Second reading: takes in a message, and hands on the epoch before if that is over. */
    void read(LossMessage message, long offset) {
        if (message.hasAttemptOpened()) {
            reading++;
            completed = false;
            return;
        }
        if (reading < 0 || attempts.get(reading).number != message.getAttempt()) {
            return;
        }
        switch (message.getEventCase()) {
            case BATCH_LOSSES -> batch(message.getBatchLosses());
            case BATCH_SPAN -> message.getBatchSpan().getBatchesList().forEach(this::batch);
            case TRAINED_LOSSES -> trained(message.getTrainedLosses());
            case TRAINED_STEPS -> message.getTrainedSteps().getStepsList().forEach(this::trained);
            case ATTEMPT_CLOSED ->
                completed = message.getAttemptClosed().getReason().equals("completed");
            default -> {
                // Says nothing about batches.
            }
        }
    }

    /** Hands on the last epoch, after the second reading, unless the run has ended within it or not yet. */
    void end() {
        if (completed) {
            handOn();
        }
    }

    private boolean isRepeated(Place place) {
        return attempts.subList(reading + 1, attempts.size()).stream()
                .anyMatch(later -> later.start != null && !place.isBefore(later.start));
    }

    private void batch(BatchLosses batch) {
        if (isRepeated(new Place(batch.getEpoch(), batch.getBatch()))) {
            return;
        }
        turnTo(batch.getEpoch());
        int[] indices =
                batch.getIndicesList().stream().mapToInt(Integer::intValue).toArray();
        if (!areUsable(indices, batch.getLossesList(), batch.getCorrect())) {
            return;
        }
        batches.put(batch.getBatch(), indices);
        BitSet bits = BitSet.valueOf(batch.getCorrect().asReadOnlyByteBuffer());
        for (int i = 0; i < batch.getLossesCount(); i++) {
            losses[indices[i]] = batch.getLosses(i);
            judged.set(indices[i]);
            classify(indices[i], !batch.getCorrect().isEmpty(), bits.get(i));
        }
    }

    private void classify(int example, boolean known, boolean correctly) {
        classified.set(example, known);
        correct.set(example, known && correctly);
    }

    private void trained(TrainedLosses step) {
        int[] indices =
                step.getIndicesList().stream().mapToInt(Integer::intValue).toArray();
        // The losses of steps that a later attempt repeats are overwritten by it.
        if (step.getEpoch() != epoch
                || step.getLossesCount() == 0
                || !areUsable(indices, step.getLossesList(), step.getCorrect())) {
            return;
        }
        BitSet bits = BitSet.valueOf(step.getCorrect().asReadOnlyByteBuffer());
        for (int i = 0; i < indices.length; i++) {
            if (!judged.get(indices[i])) {
                losses[indices[i]] = step.getLosses(i);
                classify(indices[i], !step.getCorrect().isEmpty(), bits.get(i));
            }
        }
    }

    /** Returns false for what a selector has refused. */
    private boolean areUsable(int[] indices, List<Float> reported, ByteString correct) {
        return (reported.isEmpty() || reported.size() == indices.length)
                && Arrays.stream(indices).allMatch(index -> index >= 0 && index < losses.length)
                && reported.stream().allMatch(loss -> loss >= 0 && !loss.isInfinite())
                && (correct.isEmpty()
                        || (correct.size() == (reported.size() + 7) / 8
                                && BitSet.valueOf(correct.asReadOnlyByteBuffer())
                                                .length()
                                        <= reported.size()));
    }

    private void turnTo(int next) {
        if (next == epoch) {
            return;
        }
        handOn();
        epoch = next;
        batches = new TreeMap<>();
        losses = new float[opened().getDataset().getCount()];
        Arrays.fill(losses, Float.NaN);
        judged = new BitSet();
        classified = new BitSet();
        correct = new BitSet();
    }

    private void handOn() {
        if (!batches.isEmpty()) {
            epochs.accept(new LossEpoch(epoch, List.copyOf(batches.values()), losses, classified, correct));
            batches = new TreeMap<>();
        }
    }
}
