package org.dietsb.selector.diet;

import java.util.Map;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.selector.TestConfig;

/** Score sets of a broker that has none. */
public final class NoScores {
    private NoScores() {}

    public static ScoreSets of(TopicEnds ends) {
        return new ScoreSets(
                ends,
                TestDeadLetters.forgotten(),
                new StoredMessages(PlainClients.settings("localhost:9")),
                TestConfig.of(Map.of()));
    }
}
