package org.dietsb.selector.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.junit.jupiter.api.Test;

/** A run is read correctly, whatever other messages are on mask-records. */
class MaskRecordsTest {

    private static MaskRecords records(int mostRuns) {
        return records(mostRuns, 1 << 20);
    }

    private static MaskRecords records(int mostRuns, long mostBytes) {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return new MaskRecords(
                    new ReadPosition(MaskRecords.TOPIC, PlainClients.ends(admin), TestDeadLetters.forgotten()),
                    new RecordLog(PlainClients.settings("localhost:9")),
                    mostRuns,
                    mostBytes);
        }
    }

    private static MaskRecord epoch(String run, long attempt, int epoch, int bits) {
        return MaskRecord.newBuilder()
                .setRunId(run)
                .setAttempt(attempt)
                .setEpoch(EpochRecord.newBuilder()
                        .setEpoch(epoch)
                        .setSelected(ByteString.copyFrom(new byte[] {(byte) bits}))
                        .setPolicy(Stored.SELECTIVE))
                .build();
    }

    private static MaskRecord run(String run, long attempt, int epochs) {
        return MaskRecord.newBuilder()
                .setRunId(run)
                .setAttempt(attempt)
                .setRun(RunRecord.newBuilder()
                        .setExamples(8)
                        .setFingerprint("eight")
                        .setEpochs(epochs)
                        .setReason("completed"))
                .build();
    }

    private static void read(MaskRecords records, MaskRecord... all) {
        for (MaskRecord record : all) {
            records.read(new ConsumerRecord<>(MaskRecords.TOPIC, 0, 0, record.getRunId(), record.toByteArray()));
        }
    }

    private static String missing(MaskRecords records, String run) {
        return records.describe(run).orElseThrow().missing();
    }

    @Test
    void readsARunAsItsSelectorWroteIt() {
        MaskRecords records = records(100_000);
        List<byte[]> healthy = Stream.of(
                        epoch("healthy", 3, 1, 0b11), epoch("healthy", 3, 2, 0b101), run("healthy", 3, 2))
                .map(MaskRecord::toByteArray)
                .toList();
        List<byte[]> other = List.of(
                epoch("other", 3, 1, 7).toByteArray(), run("other", 3, 1).toByteArray());
        TopicFuzz.feed(MaskRecords.TOPIC, other, healthy, records::read);
        RecordedRun run = records.describe("healthy").orElseThrow();
        assertThat(run.missing()).isEmpty();
        assertThat(run.checksum()).matches("[0-9a-f]{16}");
        assertThat(run.epochs()).extracting(RecordedRun.Epoch::selected).containsExactly(2, 2);
        assertThat(run.keep()).isEqualTo(.25);
    }

    @Test
    void theHighestAttemptCountsAndTheRunIsWholeWhenItHasEnded() {
        MaskRecords records = records(10);
        read(records, epoch("run", 1, 1, 1), epoch("run", 1, 2, 2), run("run", 1, 2));
        String checksum = records.describe("run").orElseThrow().checksum();
        read(records, epoch("run", 0, 2, 4), run("run", 0, 1));
        assertThat(records.describe("run").orElseThrow().checksum()).isEqualTo(checksum);

        read(records, epoch("run", 5, 2, 8));
        assertThat(missing(records, "run")).isEqualTo("the record of run run is partial: the run is not over");
        read(records, run("run", 5, 2));
        assertThat(records.describe("run").orElseThrow().checksum())
                .as("other masks, another checksum")
                .isNotEqualTo(checksum);
        read(records, epoch("run", 6, 2, 2), run("run", 6, 2));
        assertThat(records.describe("run").orElseThrow().checksum())
                .as("equal masks, whatever the attempt")
                .isEqualTo(checksum);
    }

    @Test
    void namesWhatIsMissing() {
        MaskRecords records = records(10);
        read(records, epoch("gap", 1, 1, 1), epoch("gap", 1, 3, 1), run("gap", 1, 3));
        assertThat(missing(records, "gap")).isEqualTo("the record of run gap is partial: epoch 2 of 3 is not there");
        MaskRecord.Builder late = epoch("late", 1, 1, 1).toBuilder();
        late.getEpochBuilder().setFirstBatch(4);
        read(records, late.build(), run("late", 1, 1));
        assertThat(missing(records, "late"))
                .isEqualTo("the record of run late is partial: epoch 1 has no masks before batch 4");
        MaskRecord.Builder weighted = epoch("weighted", 1, 1, 1).toBuilder();
        weighted.getEpochBuilder().setWeighted(true);
        read(records, weighted.build(), run("weighted", 1, 1));
        assertThat(missing(records, "weighted")).contains("had weights, which are not recorded");
        MaskRecord.Builder damaged = epoch("damaged", 1, 1, 1).toBuilder();
        damaged.getEpochBuilder().setSelected(ByteString.copyFrom(new byte[2]));
        read(records, damaged.build(), run("damaged", 1, 1));
        assertThat(missing(records, "damaged")).contains("is damaged: epoch 1 is not of its 8 examples");
    }

    private static MaskRecord part(long attempt, int part, int parts, int bytes) {
        return MaskRecord.newBuilder()
                .setRunId("large")
                .setAttempt(attempt)
                .setEpochPart(EpochRecord.newBuilder()
                        .setEpoch(1)
                        .setPart(part)
                        .setParts(parts)
                        .setSelected(ByteString.copyFrom(new byte[bytes])
                                .substring(1)
                                .concat(ByteString.copyFrom(new byte[] {1})))
                        .setPolicy(Stored.SELECTIVE))
                .build();
    }

    private static MaskRecord runOf(long attempt, int examples) {
        MaskRecord.Builder run = run("large", attempt, 1).toBuilder();
        run.getRunBuilder().setExamples(examples);
        return run.build();
    }

    @Test
    void anEpochOfManyExamplesIsWholeWhenAllItsPartsOfOneAttemptAreThere() {
        MaskRecords records = records(10);
        int full = ExampleParts.EXAMPLES / 8;
        read(records, part(1, 0, 3, full), part(1, 2, 3, 5), runOf(1, 2 * ExampleParts.EXAMPLES + 40));
        assertThat(missing(records, "large")).isEqualTo("the record of run large is partial: epoch 1 has 2 of 3 parts");
        read(records, part(1, 1, 3, full));
        assertThat(missing(records, "large")).isEmpty();
        assertThat(records.describe("large").orElseThrow().epochs())
                .extracting(RecordedRun.Epoch::selected)
                .containsExactly(3);
        read(records, part(2, 1, 3, full), runOf(2, 2 * ExampleParts.EXAMPLES + 40));
        assertThat(missing(records, "large"))
                .as("parts of another attempt do not count")
                .isEqualTo("the record of run large is partial: epoch 1 has 1 of 3 parts");
        read(records, part(2, 0, 3, full), part(2, 2, 3, 5));
        assertThat(missing(records, "large")).isEmpty();
        read(records, runOf(2, 2 * ExampleParts.EXAMPLES + 41));
        assertThat(missing(records, "large")).contains("is damaged");
    }

    @Test
    void rejectsPartsThatNoSelectorWrites() {
        int full = ExampleParts.EXAMPLES / 8;
        assertThatThrownBy(() -> RecordRules.check(part(1, 0, 3, 5)))
                .hasMessageContaining("250000 of all but the last");
        assertThatThrownBy(() -> RecordRules.check(part(1, 3, 3, full))).hasMessageContaining("allowed is [0, 3)");
        assertThatThrownBy(() -> RecordRules.check(part(1, 0, 1, 5))).hasMessageContaining("allowed is [2, 9]");
        assertThatThrownBy(() -> RecordRules.check(part(1, 0, 10, full))).hasMessageContaining("allowed is [2, 9]");
        RecordRules.check(part(1, 8, 9, 5));
    }

    @Test
    void describesARunOnceUntilItChanges() {
        MaskRecords records = records(10);
        read(records, epoch("run", 1, 1, 1), run("run", 1, 1));
        RecordedRun described = records.describe("run").orElseThrow();
        assertThat(records.describe("run").orElseThrow())
                .as("its checksum is over all epochs")
                .isSameAs(described);
        read(records, epoch("run", 2, 1, 2), run("run", 2, 1));
        assertThat(records.describe("run").orElseThrow().checksum()).isNotEqualTo(described.checksum());
    }

    @Test
    void dropsTheOldestRunsBeyondTheirMemory() {
        MaskRecords records = records(10, 800);
        read(records, epoch("one", 1, 1, 1), epoch("two", 1, 1, 1), epoch("two", 1, 2, 1), epoch("three", 1, 1, 1));
        assertThat(records.all()).extracting(RecordedRun::runId).containsExactly("two", "three");
    }

    @Test
    void dropsTheOldestRuns() {
        MaskRecords records = records(2);
        read(records, run("one", 1, 1), run("two", 1, 1), run("one", 1, 1), run("three", 1, 1));
        assertThat(records.all()).extracting(RecordedRun::runId).containsExactly("one", "three");
    }
}
