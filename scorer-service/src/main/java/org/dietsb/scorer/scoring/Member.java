package org.dietsb.scorer.scoring;

import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dietsb.contracts.RunId;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.jspecify.annotations.Nullable;

/** The report of an ensemble member, which arrives in chunks, possibly twice; a higher attempt replaces a lower. */
final class Member {
    private static final float LARGEST_NORM = (float) (Math.sqrt(2) + 1e-6);

    private final TreeMap<Integer, PredictionErrors> chunks = new TreeMap<>();
    private long attempt = -1;
    private @Nullable String failure;
    private @Nullable String unusable;
    private @Nullable Report report;

    /** Returns why a chunk is invalid; empty if it is valid. */
    static Optional<String> flaw(PredictionErrors chunk, int largestDataset) {
        Optional<String> unknown = flawOfIds(chunk.getScoringId(), chunk.getRunId());
        if (unknown.isPresent()) {
            return unknown;
        }
        int size = chunk.getErrorNormsCount();
        long end = Integer.toUnsignedLong(chunk.getFirstIndex()) + size;
        long count = Integer.toUnsignedLong(chunk.getDataset().getCount());
        boolean labelled = chunk.getLabelsCount() > 0;
        if (size == 0 || (labelled && size != chunk.getLabelsCount())) {
            return Optional.of(size + " error norms and " + chunk.getLabelsCount() + " labels");
        }
        if (count > largestDataset) {
            return Optional.of("a training set of " + count + " examples, allowed is " + largestDataset);
        }
        if (end > count) {
            return Optional.of("ends at index " + end + " of " + count + " examples");
        }
        for (int i = 0; i < size; i++) {
            float norm = chunk.getErrorNorms(i);
            if (!(norm >= 0 && norm <= LARGEST_NORM)) {
                return Optional.of("error norm is " + norm + ", allowed is [0, sqrt 2]");
            }
            if (labelled
                    && Integer.compareUnsigned(
                                    chunk.getLabels(i), chunk.getDataset().getClasses())
                            >= 0) {
                return Optional.of("label is " + Integer.toUnsignedString(chunk.getLabels(i)) + " of "
                        + Integer.toUnsignedString(chunk.getDataset().getClasses()) + " classes");
            }
        }
        return Optional.empty();
    }

    /** Returns why a failure is invalid; empty if it is valid. */
    static Optional<String> flaw(PredictionFailed failed) {
        return flawOfIds(failed.getScoringId(), failed.getRunId());
    }

    static Optional<String> flawOfIds(String scoringId, String runId) {
        return Stream.of(scoringId, runId)
                .filter(id -> !RunId.isValid(id))
                .map(id -> "id is '" + id + "', allowed is " + RunId.SYNTAX)
                .findFirst();
    }

    void add(PredictionErrors chunk) {
        if (begins(chunk.getAttempt())) {
            chunks.put(chunk.getFirstIndex(), chunk);
            report = null;
        }
    }

    /** Notes that the report has a flawed chunk, without which it can only become complete if the chunk comes again. */
    void spoil(PredictionErrors chunk, String flaw) {
        if (begins(chunk.getAttempt())) {
            unusable = flaw;
        }
    }

    void fail(PredictionFailed failed) {
        if (begins(failed.getAttempt())) {
            failure = failed.getReason();
        }
    }

    /** Returns whether a message of this attempt counts; the first message of a higher attempt discards all before it. */
    private boolean begins(long of) {
        if (of > attempt) {
            attempt = of;
            chunks.clear();
            failure = null;
            unusable = null;
            report = null;
        }
        return of == attempt;
    }

    /** Returns why the member ended without a report. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns the flaw of a chunk of its report; empty if there was none. */
    Optional<String> unusable() {
        return Optional.ofNullable(unusable);
    }

    /** Returns its dataset, as in its first chunk. */
    Optional<DatasetIdentity> dataset() {
        return chunks.isEmpty()
                ? Optional.empty()
                : Optional.of(chunks.firstEntry().getValue().getDataset());
    }

    /** Returns whether all chunks are of one dataset, without which there is no report. */
    boolean isOfOneDataset() {
        return chunks.values().stream()
                        .map(PredictionErrors::getDataset)
                        .distinct()
                        .count()
                <= 1;
    }

    /** Returns all chunks combined; empty until they cover every example. */
    Optional<Report> report() {
        if (report == null) {
            report = assemble();
        }
        return Optional.ofNullable(report);
    }

    private @Nullable Report assemble() {
        if (chunks.isEmpty() || !isOfOneDataset()) {
            return null;
        }
        PredictionErrors first = chunks.firstEntry().getValue();
        int covered = 0;
        for (PredictionErrors chunk : chunks.values()) {
            if (chunk.getFirstIndex() > covered) {
                return null;
            }
            covered = Math.max(covered, chunk.getFirstIndex() + chunk.getErrorNormsCount());
        }
        if (covered != first.getDataset().getCount()) {
            return null;
        }
        boolean labelled = chunks.values().stream().allMatch(chunk -> chunk.getLabelsCount() > 0);
        float[] norms = new float[covered];
        int[] labels = new int[labelled ? covered : 0];
        for (PredictionErrors chunk : chunks.values()) {
            for (int i = 0; i < chunk.getErrorNormsCount(); i++) {
                norms[chunk.getFirstIndex() + i] = chunk.getErrorNorms(i);
                if (labelled) {
                    labels[chunk.getFirstIndex() + i] = chunk.getLabels(i);
                }
            }
        }
        return new Report(first.getDataset(), norms, labels, first.getSeconds(), first.getExamplesTrained());
    }

    /**
     * A complete report.
     *
     * @param errorNorms [N], in [0, sqrt 2]
     * @param labels [N]; empty if they are not told
     * @param seconds of training and prediction
     * @param examplesTrained counted once per epoch
     */
    record Report(DatasetIdentity dataset, float[] errorNorms, int[] labels, double seconds, long examplesTrained) {}
}
