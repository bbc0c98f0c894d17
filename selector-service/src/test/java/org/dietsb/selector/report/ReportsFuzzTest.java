package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.wire.SelectionReport;
import org.junit.jupiter.api.Test;

/** A run is read correctly, whatever other messages are on selection-reports. */
class ReportsFuzzTest {
    private static final int EXAMPLES = 250_000;
    private final Reports reports = reports();

    private static Reports reports() {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return new Reports(PlainClients.ends(admin), TestDeadLetters.forgotten());
        }
    }

    private static SelectionReport report(String run, long attempt, int epoch) {
        RunFigures figures = new RunFigures(2, new float[] {1, 2});
        figures.opened(epoch, EXAMPLES);
        BitSet selected = new BitSet();
        selected.set(1);
        figures.judged(new LastBatch(
                epoch, 0, 4, Policy.BASELINE, new int[] {5, EXAMPLES - 1}, new float[] {.5f, 2}, selected));
        return ReportWire.toWire(figures.report(run, attempt, 1, EXAMPLES, "f00d", 9_000));
    }

    private static List<SelectionReport> usage(String run, long attempt, int epoch, int last) {
        char[] times = new char[EXAMPLES];
        times[EXAMPLES - 1] = (char) last;
        Usage usage = new Usage(run, attempt, epoch, 0, times);
        return IntStream.range(0, ReportWire.chunks(EXAMPLES))
                .mapToObj(chunk -> ReportWire.toWire(usage, chunk, 9_000))
                .toList();
    }

    private void read(SelectionReport report) {
        reports.read(new ConsumerRecord<>(Reports.TOPIC, 0, 0, ReportWire.key(report), report.toByteArray()));
    }

    @Test
    void readsARunAsItsSelectorWroteIt() {
        List<byte[]> healthy = Stream.concat(
                        Stream.of(report("healthy", 3, 1), report("healthy", 3, 2)),
                        usage("healthy", 3, 2, 40_000).stream())
                .map(SelectionReport::toByteArray)
                .toList();
        // Of few examples: a mutant is parsed in no time.
        List<byte[]> other = List.of(
                report("other", 3, 1).toByteArray(),
                ReportWire.toWire(new Usage("other", 3, 1, 0, new char[] {1, 2, 3}), 0, 1)
                        .toByteArray());
        TopicFuzz.feed(Reports.TOPIC, other, healthy, reports::read);

        RunReport report = reports.find("healthy").orElseThrow();
        assertThat(report.at()).isEqualTo(Instant.ofEpochMilli(9_000));
        assertThat(report.historyBefore()).containsExactly(1, 2);
        assertThat(report.epochs()).singleElement().satisfies(epoch -> assertThat(epoch.epoch())
                .isEqualTo(2));
        assertThat(report.lastBatches()).singleElement().satisfies(batch -> {
            assertThat(batch.indices()).containsExactly(5, EXAMPLES - 1);
            assertThat(batch.losses()).containsExactly(.5f, 2);
            assertThat(batch.selected().stream()).containsExactly(1);
        });
        assertThat(reports.usage("healthy").orElseThrow().times(EXAMPLES - 1)).isEqualTo(40_000);
    }

    @Test
    void theHighestAttemptCounts() {
        read(report("run", 5, 3));
        usage("run", 5, 3, 7).forEach(this::read);
        read(report("run", 4, 9));
        usage("run", 4, 9, 8).forEach(this::read);
        assertThat(reports.find("run").orElseThrow().epoch()).isEqualTo(3);
        assertThat(reports.usage("run").orElseThrow().times(EXAMPLES - 1)).isEqualTo(7);
        read(report("run", 6, 1));
        assertThat(reports.find("run").orElseThrow().epoch()).isEqualTo(1);
        assertThat(reports.usage("run").orElseThrow().attempt())
                .as("until the new attempt tells its own")
                .isEqualTo(5);
        usage("run", 6, 1, 9).forEach(this::read);
        assertThat(reports.usage("run").orElseThrow().times(EXAMPLES - 1)).isEqualTo(9);
    }

    @Test
    void ignoresReportsOfASelectorThatHasLostTheRun() {
        read(report("run", 5, 3));
        usage("run", 5, 3, 7).forEach(this::read);
        read(report("run", 5, 2));
        usage("run", 5, 2, 6).forEach(this::read);
        assertThat(reports.find("run").orElseThrow().epoch()).isEqualTo(3);
        assertThat(reports.usage("run").orElseThrow().times(EXAMPLES - 1)).isEqualTo(7);
    }

    @Test
    void usageIsAvailableWholeOrNotAtAll() {
        usage("run", 5, 3, 7).forEach(this::read);
        List<SelectionReport> next = usage("run", 5, 4, 8);
        assertThat(next).hasSize(2);
        read(next.get(1));
        assertThat(reports.usage("run").orElseThrow().epoch()).isEqualTo(3);
        read(next.get(0));
        assertThat(reports.usage("run").orElseThrow().epoch()).isEqualTo(4);
        assertThat(reports.usage("run").orElseThrow().times(EXAMPLES - 1)).isEqualTo(8);
    }

    @Test
    void streamsEachRunThatChanged() {
        var seen = reports.changes().select().first(3).collect().asList().subscribeAsCompletionStage();
        read(report("one", 1, 1));
        read(report("two", 1, 1));
        read(report("one", 0, 1));
        usage("one", 1, 1, 3).forEach(this::read);
        assertThat(seen.join()).containsExactly("one", "two", "one");
    }

    @Test
    void dropsTheOldestRuns() {
        for (int run = 0; run <= 1_000; run++) {
            read(report("run-" + run, 1, 1));
        }
        assertThat(reports.find("run-0")).isEmpty();
        assertThat(reports.find("run-1")).isPresent();
        for (int run = 900; run < 968; run++) {
            usage("run-" + run, 1, 1, 1).forEach(this::read);
        }
        assertThat(reports.usage("run-900"))
                .as("67 x 250,000 examples have room")
                .isEmpty();
        assertThat(reports.usage("run-901")).isPresent();
        assertThat(reports.find("run-900")).isPresent();
    }
}
