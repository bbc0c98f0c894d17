package org.dietsb.scorer.scoring;

import java.util.Arrays;
import java.util.TreeMap;
import org.dietsb.trainer.wire.PredictionErrors;
import org.jspecify.annotations.Nullable;

/** One ensemble member's report as it comes in, chunk by chunk, perhaps twice; a later attempt replaces an earlier. */
final class Member {
    private final TreeMap<Integer, PredictionErrors> chunks = new TreeMap<>();
    private long attempt = -1;

    void add(PredictionErrors chunk) {
        if (chunk.getAttempt() > attempt) {
            attempt = chunk.getAttempt();
            chunks.clear();
        }
        if (chunk.getAttempt() == attempt) {
            chunks.put(chunk.getFirstIndex(), chunk);
        }
    }

    boolean isComplete() {
        return !chunks.isEmpty() && errorNorms() != null;
    }

    PredictionErrors first() {
        return chunks.firstEntry().getValue();
    }

    /** [N], or null while chunks are missing. */
    float @Nullable [] errorNorms() {
        float[] norms = new float[first().getDataset().getCount()];
        int at = 0;
        for (PredictionErrors chunk : chunks.values()) {
            if (chunk.getFirstIndex() != at || at + chunk.getErrorNormsCount() > norms.length) {
                return null;
            }
            for (int i = 0; i < chunk.getErrorNormsCount(); i++) {
                norms[at++] = chunk.getErrorNorms(i);
            }
        }
        return at == norms.length ? norms : null;
    }

    /** [N] classes. */
    int[] labels() {
        return chunks.values().stream()
                .flatMapToInt(chunk -> chunk.getLabelsList().stream().mapToInt(Integer::intValue))
                .toArray();
    }

    static boolean isSound(PredictionErrors chunk) {
        boolean inRange = chunk.getErrorNormsList().stream().allMatch(norm -> norm >= 0 && norm <= 1.4142146f);
        return inRange
                && chunk.getErrorNormsCount() > 0
                && chunk.getErrorNormsCount() == chunk.getLabelsCount()
                && chunk.getFirstIndex() + chunk.getErrorNormsCount()
                        <= chunk.getDataset().getCount();
    }

    static boolean sameLabels(Member a, Member b) {
        return Arrays.equals(a.labels(), b.labels());
    }
}
