package org.dietsb.trainer.mask;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the parts of the mask of one epoch. Not thread-safe. */
final class EpochParts {
    /** Examples of every part but the last. */
    static final int EXAMPLES = 2_000_000;

    private final SortedMap<Integer, Answer.EpochPart> parts = new TreeMap<>();

    /** Adds a part; returns false if it was there already. */
    boolean add(Answer.EpochPart part) {
        return parts.putIfAbsent(part.part(), part) == null;
    }

    /** Returns the mask; empty until all parts are there. */
    Optional<Answer.EpochMask> mask() {
        Answer.EpochPart any = parts.values().stream().findFirst().orElse(null);
        if (any == null || parts.size() < any.parts()) {
            return Optional.empty();
        }
        int count = 0;
        boolean weighted = false;
        for (Answer.EpochPart part : parts.values()) {
            count += part.kept().cardinality();
            weighted |= !part.weighted().isEmpty();
        }
        int[] kept = new int[count];
        float[] weights = weighted ? new float[count] : null;
        int next = 0;
        for (Answer.EpochPart part : parts.values()) {
            for (int i = part.kept().nextSetBit(0); i >= 0; i = part.kept().nextSetBit(i + 1)) {
                kept[next] = part.first() + i;
                if (weights != null) {
                    weights[next] = part.weighted().get(i) ? part.weight() : 1;
                }
                next++;
            }
        }
        return Optional.of(new Answer.EpochMask(any.epoch(), any.revision(), kept, weights, any.takesSpans()));
    }
}
