package org.dietsb.trainer.mask;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came back, or did not, for an epoch or a batch. */
public sealed interface Answer {

    /**
     * To an epoch.
     *
     * @param kept the examples it is left with, by index, ascending; null = all
     * @param weights how much each of them counts in the loss, in the order of kept; null = all 1
     */
    record EpochMask(int epoch, long revision, int @Nullable [] kept, float @Nullable [] weights) implements Answer {

        /** Without weights. */
        public EpochMask(int epoch, long revision, int @Nullable [] kept) {
            this(epoch, revision, kept, null);
        }
    }

    /**
     * To a batch: which of its examples to backpropagate.
     *
     * @param selected places within the announced batch, ascending
     * @param weights one of each selected example; null = all 1
     */
    record BatchMask(int epoch, int batch, long revision, int[] selected, float @Nullable [] weights)
            implements Answer {

        /** All of a batch of n. */
        public static BatchMask whole(int epoch, int batch, long revision, int n) {
            int[] all = new int[n];
            Arrays.setAll(all, i -> i);
            return new BatchMask(epoch, batch, revision, all, null);
        }
    }

    /**
     * To a request for the selector's state: one part of what the run's later masks depend on. Losses in nats.
     *
     * @param epoch of the request
     * @param batch of the request: batches of the epoch that are over
     * @param part from 0
     * @param history the oldest first, from part to part
     * @param lastLosses of example firstIndex and the following; NaN where there is none
     * @param timesSelected how many masks selected example firstSelected and the following
     * @param record what the running epoch has selected, in the selector's words; empty but in the first part
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
            byte[] record)
            implements Answer {

        /** Without a record. */
        public StatePart(
                int epoch,
                int batch,
                int part,
                int parts,
                int historySize,
                float[] history,
                int firstIndex,
                float[] lastLosses,
                int firstSelected,
                int[] timesSelected) {
            this(
                    epoch,
                    batch,
                    part,
                    parts,
                    historySize,
                    history,
                    firstIndex,
                    lastLosses,
                    firstSelected,
                    timesSelected,
                    new byte[0]);
        }
    }

    /** All parts of a state, in order. */
    record SelectorState(List<StatePart> parts) implements Answer {
        /** Copies the list. */
        public SelectorState {
            parts = List.copyOf(parts);
        }
    }

    /** No answer within the time-out. */
    record TimedOut() implements Answer {}

    /** A later attempt of this run is on its way: stop, write nothing more. */
    record Fenced(long byAttempt) implements Answer {}

    /** The selector does not know this attempt: open a new one. */
    record Unknown() implements Answer {}

    /** What was asked for cannot be: the run fails. */
    record Refused(String reason) implements Answer {}

    /** The run that this one ends with, as its proxy, is over. */
    record PartnerOver(String why) implements Answer {}

    /** This trainer was told to stop while it waited. */
    record Stopped() implements Answer {}
}
