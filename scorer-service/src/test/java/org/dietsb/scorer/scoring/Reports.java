package org.dietsb.scorer.scoring;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PredictionErrors;

/** Plays trainers: reports as they would send them. */
final class Reports {
    private Reports() {}

    static DatasetIdentity dataset(int count, String checksum) {
        return DatasetIdentity.newBuilder()
                .setName("fashion-mini")
                .setCount(count)
                .setClasses(3)
                .setChecksum(checksum)
                .build();
    }

    /** A member's whole report, in chunks; labels are index modulo 3. */
    static List<PredictionErrors> chunks(
            String scoring, int member, String runId, long attempt, DatasetIdentity dataset, float[] norms, int size) {
        List<PredictionErrors> chunks = new ArrayList<>();
        for (int from = 0; from < norms.length; from += size) {
            PredictionErrors.Builder chunk = PredictionErrors.newBuilder()
                    .setScoringId(scoring)
                    .setMember(member)
                    .setRunId(runId)
                    .setAttempt(attempt)
                    .setDataset(dataset)
                    .setFirstIndex(from)
                    .setSeconds(1.5)
                    .setExamplesTrained(2L * norms.length);
            for (int i = from; i < Math.min(norms.length, from + size); i++) {
                chunk.addErrorNorms(norms[i]).addLabels(i % 3);
            }
            chunks.add(chunk.build());
        }
        return chunks;
    }
}
