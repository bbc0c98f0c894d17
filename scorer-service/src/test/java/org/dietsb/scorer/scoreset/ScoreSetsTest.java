package org.dietsb.scorer.scoreset;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.junit.jupiter.api.Test;

class ScoreSetsTest {
    private final ScoreSets sets = TestSets.inMemory();

    @Test
    void whatIsSentInChunksIsReadWhole() {
        ScoreSet set = set("a", 25);
        Map<String, ScoreMessage> messages = ScoreSetWire.messages(set, 10);
        assertThat(messages.keySet()).containsExactly("a/chunk-0", "a/chunk-10", "a/chunk-20", "a/ended");

        assertThat(read(messages)).isInstanceOf(ScoreSets.Finished.Whole.class);

        ScoreSet found = sets.find("a").orElseThrow();
        assertThat(found.manifest()).isEqualTo(set.manifest());
        assertThat(found.scores()).isEqualTo(set.scores());
        assertThat(found.labels()).isEqualTo(set.labels());
    }

    @Test
    void aSetWithoutItsManifestIsNotThere() {
        Map<String, ScoreMessage> messages = ScoreSetWire.messages(set("a", 25), 10);
        messages.remove("a/ended");
        read(messages);
        assertThat(sets.find("a")).isEmpty();
        assertThat(sets.all()).isEmpty();
    }

    @Test
    void aMissingChunkIsDamage() {
        Map<String, ScoreMessage> messages = ScoreSetWire.messages(set("a", 25), 10);
        messages.remove("a/chunk-10");
        assertThat(read(messages))
                .isEqualTo(new ScoreSets.Finished.Damaged("its chunks hold 15 scores, its manifest says 25"));
        assertThat(sets.find("a")).isEmpty();
    }

    @Test
    void anotherScoreThanTheChecksumsIsDamage() {
        Map<String, ScoreMessage> messages = ScoreSetWire.messages(set("a", 25), 10);
        messages.computeIfPresent("a/chunk-0", (key, message) -> message.toBuilder()
                .setChunk(ScoreChunk.newBuilder(message.getChunk()).setScores(3, 1.4f))
                .build());
        assertThat(read(messages))
                .isEqualTo(new ScoreSets.Finished.Damaged("its scores do not have the manifest's checksum"));
    }

    @Test
    void whatTwoScorersPublishAtOnceStaysWhole() {
        ScoreSet set = set("a", 25);
        Map<String, ScoreMessage> one = ScoreSetWire.messages(set, 10);
        sets.add("a", chunk(one, 0));
        sets.add("a", chunk(one, 10));
        sets.add("a", chunk(one, 0));
        sets.add("a", chunk(one, 20));
        ScoreMessage manifest = Objects.requireNonNull(one.get("a/ended"));
        assertThat(sets.finish("a", manifest.getManifest())).isInstanceOf(ScoreSets.Finished.Whole.class);
        sets.add("a", chunk(one, 20));
        assertThat(sets.finish("a", manifest.getManifest())).isInstanceOf(ScoreSets.Finished.Whole.class);
        assertThat(sets.find("a").orElseThrow().scores()).isEqualTo(set.scores());
    }

    @Test
    void chunksOfAnotherSizeThatWereLeftWithoutAManifestDoNoHarm() {
        ScoreSet set = set("a", 25);
        for (int left : new int[] {4, 7, 10, 25}) {
            for (int size : new int[] {4, 7, 10, 25}) {
                Map<String, ScoreMessage> dead = ScoreSetWire.messages(set, left);
                dead.remove("a/ended");
                read(dead);
                assertThat(read(ScoreSetWire.messages(set, size)))
                        .as("%d, then %d", left, size)
                        .isInstanceOf(ScoreSets.Finished.Whole.class);
                sets.begin("a");
            }
        }
    }

    private static ScoreChunk chunk(Map<String, ScoreMessage> messages, int first) {
        return Objects.requireNonNull(messages.get("a/chunk-" + first)).getChunk();
    }

    @Test
    void checksumIsOfLittleEndianFloats() {
        // printf '\x00\x00\x80\x3f\x00\x00\x00\x3f' | sha256sum
        assertThat(Sha256.hex(new float[] {1, .5f}))
                .isEqualTo("b09540ff36f486fafd91acb451c6d92cc0c31ab1e9f4379a9342bc0cc88df1a6");
    }

    private ScoreSets.Finished read(Map<String, ScoreMessage> messages) {
        ScoreSets.Finished finished = new ScoreSets.Finished.Damaged("no manifest");
        for (ScoreMessage message : messages.values()) {
            if (message.hasChunk()) {
                sets.add(message.getScoreSet(), message.getChunk());
            } else {
                finished = sets.finish(message.getScoreSet(), message.getManifest());
            }
        }
        return finished;
    }

    private static ScoreSet set(String id, int count) {
        float[] scores = new float[count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            scores[i] = i / 20f;
            labels[i] = i % 10;
        }
        return new ScoreSet(
                new ScoreSet.Manifest(
                        id,
                        "fashion-mini",
                        "f00d",
                        10,
                        "resnet8",
                        ScoreSetWire.EL2N,
                        2,
                        2,
                        List.of(1L, 2L),
                        count,
                        Sha256.hex(scores),
                        ScoreSetMessages.mean(scores),
                        12.5,
                        4L * count,
                        Instant.ofEpochMilli(1_700_000_000_000L)),
                scores,
                labels);
    }
}
