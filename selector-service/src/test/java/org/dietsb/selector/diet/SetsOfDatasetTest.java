package org.dietsb.selector.diet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.selector.TestConfig;
import org.junit.jupiter.api.Test;

/** Which score sets of a dataset have labels, and which EL2N. */
class SetsOfDatasetTest {
    private static final float[] SCORES = {.5f, .25f, 1};

    private final ScoreSets sets = empty();

    private static ScoreSets empty() {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return new ScoreSets(
                    PlainClients.ends(admin),
                    TestDeadLetters.forgotten(),
                    new StoredMessages(PlainClients.settings("localhost:9")),
                    TestConfig.of(Map.of()),
                    1_000);
        }
    }

    private void publish(String id, String fingerprint, String method, int... labels) {
        ScoreSetManifest.Builder manifest = ScoreSetManifest.newBuilder().setMethod(method);
        manifest.getDatasetBuilder().setCount(SCORES.length).setChecksum(fingerprint);
        ScoreSetMessages.of(id, new StoredSets.Scores(SCORES, labels), manifest, 2)
                .forEach((key, message) ->
                        sets.read(new ConsumerRecord<>(ScoreSets.TOPIC, 0, 0, key, message.toByteArray())));
    }

    @Test
    void findsTheNewestThatHasWhatIsWanted() {
        publish("labelled", "digits", "", 0, 1, 0);
        publish("other-dataset", "letters", "", 1, 1, 1);
        publish("unlabelled", "digits", "");
        publish("by-losses", "digits", "dual");

        assertThat(sets.labelled(3, "digits")).map(ScoreSet::id).hasValue("labelled");
        assertThat(sets.labelled(3, "digits").orElseThrow().labels()).containsExactly(0, 1, 0);
        assertThat(sets.el2n(3, "digits")).map(ScoreSet::id).hasValue("unlabelled");
        assertThat(sets.el2n(3, "words")).isEmpty();
        assertThat(sets.labelled(4, "digits")).as("of another size").isEmpty();
        assertThat(sets.labelled(3, "words")).isEmpty();
    }
}
