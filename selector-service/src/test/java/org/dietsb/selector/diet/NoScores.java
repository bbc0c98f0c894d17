package org.dietsb.selector.diet;

import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;

/** Score sets of a broker that has none. */
public final class NoScores {
    private NoScores() {}

    public static ScoreSets of(TopicEnds ends) {
        return new ScoreSets(ends, TestDeadLetters.forgotten(), 100_000_000, 5_000_000);
    }
}
