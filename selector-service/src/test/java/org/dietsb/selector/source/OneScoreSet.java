package org.dietsb.selector.source;

import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;

/** One score set, and no recorded masks. */
public final class OneScoreSet extends NoSources {
    private final ScoreSet set;

    public OneScoreSet(ScoreSet set) {
        this.set = set;
    }

    @Override
    public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
        if (!scoreSet.equals(set.id())) {
            throw new RefusalException("score set " + scoreSet + " is unknown");
        }
        if (!set.isOf(examples, fingerprint)) {
            throw new RefusalException("score set " + scoreSet + " is of another dataset than this run's");
        }
        return set;
    }
}
