package org.dietsb.scorer.scoreset;

import java.util.Optional;
import org.dietsb.contracts.score.StoredSets;

/** Score sets for tests. */
public final class TestSets {
    private TestSets() {}

    /** Returns an empty collection with room for everything. */
    public static ScoreSets inMemory() {
        return new ScoreSets(100_000_000, 5_000_000, new StoredSets(Long.MAX_VALUE, offset -> Optional.empty()));
    }
}
