package org.dietsb.trainer.mask;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The selector's answer to a request of an attempt, or the reason why there is none. */
public sealed interface Answer {

    /** The mask of an epoch or a batch. */
    sealed interface Mask extends Answer {
        int epoch();

        long revision();

        /** What the mask keeps, ascending; null = all. */
        int @Nullable [] places();
    }

    /**
     * The mask of an epoch.
     *
     * @param kept the examples that remain, by index, ascending; null = all
     * @param weights weight of each of them in the loss, in the order of kept; null = all 1
     * @param takesSpans whether batches of this epoch may be announced in spans
     */
    record EpochMask(int epoch, long revision, int @Nullable [] kept, float @Nullable [] weights, boolean takesSpans)
            implements Mask {

        /** The mask of an epoch whose batches are announced one by one. */
        public EpochMask(int epoch, long revision, int @Nullable [] kept, float @Nullable [] weights) {
            this(epoch, revision, kept, weights, false);
        }

        /** A mask without weights. */
        public EpochMask(int epoch, long revision, int @Nullable [] kept) {
            this(epoch, revision, kept, null);
        }

        @Override
        public int @Nullable [] places() {
            return kept;
        }
    }

    /**
     * The mask of a batch: the examples to backpropagate.
     *
     * @param selected places within the announced batch, ascending
     * @param weights weight of each selected example; null = all 1
     */
    record BatchMask(int epoch, int batch, long revision, int[] selected, float @Nullable [] weights) implements Mask {

        /** Selects all examples of a batch of n. */
        public static BatchMask whole(int epoch, int batch, long revision, int n) {
            int[] all = new int[n];
            Arrays.setAll(all, i -> i);
            return new BatchMask(epoch, batch, revision, all, null);
        }

        @Override
        public int[] places() {
            return selected;
        }
    }

    /** The masks of the batches of a span, in their order. */
    record SpanMask(List<BatchMask> masks) implements Answer {
        /** Copies the list. */
        public SpanMask {
            masks = List.copyOf(masks);
        }
    }

    /**
     * One part of the selector's state at a barrier, on which the later masks of the run depend. Losses are in nats.
     *
     * @param epoch of the request
     * @param batch of the request: number of batches of the epoch that were done
     * @param part from 0
     * @param history oldest first, from part to part
     * @param lastLosses of example firstIndex and the following; NaN = none
     * @param timesSelected number of masks that selected example firstSelected and the following
     * @param record what the running epoch has selected, in the selector's encoding; empty except in the first parts
     * @param more what only some policies need
     */
    record StatePart(
            int epoch,
            int batch,
            int part,
            int parts,
            int historySize,
            float[] history,
            int firstIndex,
            float[] lastLosses,
            int firstSelected,
            int[] timesSelected,
            byte[] record,
            OfPolicy more)
            implements Answer {

        /**
         * What only some policies need of a state.
         *
         * @param smoothing share of a last loss that the mean loss of a step leaves as it was
         * @param recentSize number of earlier losses that are kept of each example
         * @param recentLosses recentSize of example firstRecent and of each of the following, oldest first; NaN = none
         */
        public record OfPolicy(double smoothing, int recentSize, int firstRecent, float[] recentLosses) {
            /** For all other policies. */
            public static final OfPolicy NOTHING = new OfPolicy(0, 0, 0, new float[0]);
        }
    }

    /** All parts of a state, in order. */
    record SelectorState(List<StatePart> parts) implements Answer {
        /** Copies the list. */
        public SelectorState {
            parts = List.copyOf(parts);
        }
    }

    /**
     * One part of the mask of an epoch that does not fit into one message.
     *
     * @param part from 0
     * @param first index of its first example
     * @param kept the examples that remain, from {@code first} on
     * @param weighted those of them that have the weight, the others have 1; empty in all parts if none has it
     * @param takesSpans whether batches of this epoch may be announced in spans
     */
    record EpochPart(
            int epoch,
            long revision,
            int part,
            int parts,
            int first,
            BitSet kept,
            BitSet weighted,
            float weight,
            boolean takesSpans)
            implements Answer {}

    /** No answer within the time-out. */
    record TimedOut() implements Answer {}

    /** A later attempt of this run has been opened: this one stops and writes nothing more. */
    record Fenced(long byAttempt) implements Answer {}

    /** The selector does not know this attempt: a new one is to be opened. */
    record Unknown() implements Answer {}

    /** The request cannot be fulfilled: the run fails. */
    record Refused(String reason) implements Answer {}

    /** The run of this proxy is over, and the proxy ends with it. */
    record PartnerOver(String why) implements Answer {}

    /** This trainer was asked to stop. */
    record Stopped() implements Answer {}
}
