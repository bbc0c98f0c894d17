package org.dietsb.selector.diet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.TestConfig;
import org.junit.jupiter.api.Test;

/** Whatever lies on el2n-scores, a score set is whole if its messages are there. */
class ScoreSetsFuzzTest {
    /** SHA-256 of the six scores. */
    private static final String CHECKSUM = checksum();

    private static String checksum() {
        ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 6; i++) {
            bytes.putFloat(i / 8f);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void readsAWholeScoreSet() {
        ScoreSets sets;
        try (Admin admin = PlainClients.admin("localhost:9")) {
            sets = NoScores.of(PlainClients.ends(admin));
        }
        TopicFuzz.feed(ScoreSets.TOPIC, messages("other"), messages("healthy"), sets::read);
        assertThat(sets.find("healthy")).isInstanceOfSatisfying(ScoreSets.Found.Whole.class, whole -> {
            assertThat(whole.scores().scores()).containsExactly(0, .125f, .25f, .375f, .5f, .625f);
            assertThat(whole.scores().labels()).containsExactly(0, 1, 2, 3, 4, 5);
        });
    }

    /** Room for two sets of six scores. */
    @Test
    void setsThatWereNotUsedForLongestAreStillKnown() {
        ScoreSets sets = sets(100);
        for (String id : List.of("first", "second", "third")) {
            read(sets, id);
            assertThat(sets.find("first")).isInstanceOf(ScoreSets.Found.Whole.class);
        }
        assertThat(sets.whole()).containsExactly("first", "second", "third");
        assertThat(sets.known("third")).isInstanceOf(ScoreSets.Found.Whole.class);
    }

    @Test
    void deletedSetIsUnknown() {
        ScoreSets sets = sets(100);
        read(sets, "first");
        sets.read(new ConsumerRecord<>(ScoreSets.TOPIC, 0, 0, "first/chunk-0", null));
        assertThat(sets.whole()).containsExactly("first");
        sets.read(new ConsumerRecord<>(ScoreSets.TOPIC, 0, 0, "first/ended", null));
        assertThat(sets.whole()).isEmpty();
        assertThat(sets.known("first")).isEqualTo(new ScoreSets.Found.Unusable("score set first is unknown"));
    }

    @Test
    void refusesASetThatIsLargerThanAllowed() {
        ScoreSets sets = sets(47);
        read(sets, "large");
        assertThat(sets.known("large"))
                .isEqualTo(new ScoreSets.Found.Unusable(
                        "score set large takes 48 bytes, dietsb.selector.scores-of-heap allows 47"));
    }

    private static ScoreSets sets(long mostBytes) {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return new ScoreSets(
                    PlainClients.ends(admin),
                    TestDeadLetters.forgotten(),
                    new StoredMessages(PlainClients.settings("localhost:9")),
                    TestConfig.of(Map.of()),
                    mostBytes);
        }
    }

    private static void read(ScoreSets sets, String id) {
        messages(id).forEach(message -> sets.read(new ConsumerRecord<>(ScoreSets.TOPIC, 0, 0, id, message)));
    }

    private static List<byte[]> messages(String id) {
        List<ScoreMessage.Builder> events = new ArrayList<>();
        ScoreMessage.Builder requested = ScoreMessage.newBuilder();
        requested
                .getRequestedBuilder()
                .setMembers(1)
                .addMemberRunIds(id + "-member-0")
                .addMemberSeeds(7);
        events.add(requested);
        for (int from = 0; from < 6; from += 2) {
            events.add(ScoreMessage.newBuilder()
                    .setChunk(ScoreChunk.newBuilder()
                            .setFirstIndex(from)
                            .addScores(from / 8f)
                            .addScores((from + 1) / 8f)
                            .addLabels(from)
                            .addLabels(from + 1)));
        }
        ScoreMessage.Builder ended = ScoreMessage.newBuilder();
        ended.getManifestBuilder().setCount(6).setChecksum(CHECKSUM);
        events.add(ended);
        return events.stream()
                .map(event -> event.setScoreSet(id).build().toByteArray())
                .toList();
    }
}
