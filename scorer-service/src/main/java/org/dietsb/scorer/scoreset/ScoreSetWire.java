package org.dietsb.scorer.scoreset;

import java.time.Instant;
import java.util.Map;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.trainer.wire.DatasetIdentity;

/** Score sets as messages of topic el2n-scores. */
public final class ScoreSetWire {
    /** The method of scores whose manifest names none. */
    public static final String EL2N = "el2n";

    private ScoreSetWire() {}

    /** Returns the messages of a score set by their keys, in the order of sending: the chunks, then the manifest. */
    public static Map<String, ScoreMessage> messages(ScoreSet set, int chunkSize) {
        return ScoreSetMessages.of(
                set.manifest().id(),
                new StoredSets.Scores(set.scores(), set.labels()),
                manifest(set.manifest()).toBuilder(),
                chunkSize);
    }

    private static ScoreSetManifest manifest(ScoreSet.Manifest manifest) {
        return ScoreSetManifest.newBuilder()
                .setDataset(DatasetIdentity.newBuilder()
                        .setName(manifest.dataset())
                        .setCount(manifest.count())
                        .setClasses(manifest.classes())
                        .setChecksum(manifest.fingerprint()))
                .setMembers(manifest.members())
                .setScoringEpochs(manifest.scoringEpochs())
                .setModel(manifest.model())
                .addAllMemberSeeds(manifest.memberSeeds())
                .setCount(manifest.count())
                .setChecksum(manifest.checksum())
                .setMean(manifest.mean())
                .setSeconds(manifest.seconds())
                .setExamplesTrained(manifest.examplesTrained())
                .setEpochMillis(manifest.at().toEpochMilli())
                .setMethod(manifest.method().equals(EL2N) ? "" : manifest.method())
                .build();
    }

    static ScoreSet.Manifest manifest(String id, ScoreSetManifest wire) {
        return new ScoreSet.Manifest(
                id,
                wire.getDataset().getName(),
                wire.getDataset().getChecksum(),
                wire.getDataset().getClasses(),
                wire.getModel(),
                wire.getMethod().isEmpty() ? EL2N : wire.getMethod(),
                wire.getMembers(),
                wire.getScoringEpochs(),
                wire.getMemberSeedsList(),
                wire.getCount(),
                wire.getChecksum(),
                wire.getMean(),
                wire.getSeconds(),
                wire.getExamplesTrained(),
                Instant.ofEpochMilli(wire.getEpochMillis()));
    }
}
