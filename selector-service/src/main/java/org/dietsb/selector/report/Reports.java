package org.dietsb.selector.report;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.RunId;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.selector.wire.UsageChunk;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Reads topic selection-reports whole: the last reports of the 1,000 runs reported last, and the usage of as many of these as have
 * 16,777,216 examples in total. Thread-safe; reads do not wait.
 */
@ApplicationScoped
public class Reports {
    static final String TOPIC = "selection-reports";
    private static final int MOST_RUNS = 1_000;
    private static final long MOST_EXAMPLES = 16_777_216;

    /** By run; the one reported last is at the end. */
    private final Map<String, Known> runs = new LinkedHashMap<>();

    private final BroadcastProcessor<String> changes = BroadcastProcessor.create();
    private final ReadPosition position;

    /** Reports of a run's highest attempt, and of the one before until the highest has reported the same kind. */
    private static final class Known {
        long attempt;

        @Nullable
        RunReport report;

        @Nullable
        Usage usage;

        @Nullable
        Arriving arriving;

        Known(long attempt) {
            this.attempt = attempt;
        }

        /** Whether the figures are older than those known: a selector that has lost the run may still report it. */
        boolean isOld(RunReport figures) {
            return report != null
                    && report.attempt() == figures.attempt()
                    && isBefore(figures.epoch(), figures.batch(), report.epoch(), report.batch());
        }

        boolean isOld(SelectionReport message) {
            UsageChunk chunk = message.getUsage();
            return usage != null
                    && usage.attempt() == message.getAttempt()
                    && isBefore(chunk.getEpoch(), chunk.getBatch(), usage.epoch(), usage.batch());
        }

        private static boolean isBefore(int epoch, int batch, int thanEpoch, int thanBatch) {
            return epoch < thanEpoch || (epoch == thanEpoch && batch < thanBatch);
        }

        long examples() {
            return (usage == null ? 0L : usage.examples()) + (arriving == null ? 0L : arriving.times.length);
        }
    }

    /** Chunks of one usage report, until all have arrived. */
    private static final class Arriving {
        final int epoch;
        final int batch;
        final char[] times;
        final int chunks;
        final BitSet has = new BitSet();

        Arriving(UsageChunk first) {
            this.epoch = first.getEpoch();
            this.batch = first.getBatch();
            this.times = new char[first.getExamples()];
            this.chunks = first.getChunks();
        }

        boolean isOf(UsageChunk chunk) {
            return chunk.getEpoch() == epoch && chunk.getBatch() == batch && chunk.getExamples() == times.length;
        }

        boolean isWhole() {
            return has.cardinality() == chunks;
        }
    }

    Reports(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Returns the last report of this run. */
    public synchronized Optional<RunReport> find(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(known -> known.report);
    }

    /** Returns how often this run's masks selected each example, as of the end of its last epoch or of the run. */
    public synchronized Optional<Usage> usage(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(known -> known.usage);
    }

    /** Returns a stream of the ids of runs reported from now on; a slow reader misses some. */
    public Multi<String> changes() {
        return changes.onOverflow().drop();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            SelectionReport report = SelectionReport.parseFrom(value);
            RunId.check("run id", report.getRunId());
            switch (report.getReportCase()) {
                case FIGURES -> {
                    RunReport figures = ReportWire.fromWire(report);
                    changed(report, known -> known.report = known.isOld(figures) ? known.report : figures);
                }
                case USAGE -> {
                    char[] times = ReportWire.times(report.getUsage());
                    changed(report, known -> add(known, report, times));
                }
                case REPORT_NOT_SET ->
                    throw new IllegalArgumentException("a report without content that this version knows");
            }
        });
    }

    private interface Change {
        void to(Known known);
    }

    private void changed(SelectionReport report, Change change) {
        synchronized (this) {
            Known before = runs.get(report.getRunId());
            if (before != null && before.attempt > report.getAttempt()) {
                return;
            }
            Known known = before == null ? new Known(report.getAttempt()) : before;
            if (known.attempt < report.getAttempt()) {
                known.attempt = report.getAttempt();
                known.arriving = null;
            }
            change.to(known);
            runs.remove(report.getRunId());
            runs.put(report.getRunId(), known);
            makeRoom();
        }
        changes.onNext(report.getRunId());
    }

    private static void add(Known known, SelectionReport report, char[] times) {
        if (known.isOld(report)) {
            return;
        }
        UsageChunk chunk = report.getUsage();
        Arriving arriving = known.arriving;
        if (arriving == null || !arriving.isOf(chunk)) {
            arriving = new Arriving(chunk);
            known.arriving = arriving;
        }
        System.arraycopy(times, 0, arriving.times, chunk.getChunk() * ReportWire.CHUNK, times.length);
        arriving.has.set(chunk.getChunk());
        if (arriving.isWhole()) {
            known.usage = new Usage(
                    report.getRunId(), report.getAttempt(), chunk.getEpoch(), chunk.getBatch(), arriving.times);
            known.arriving = null;
        }
    }

    /** Drops the oldest runs and usage; the run reported last is kept whole. */
    private void makeRoom() {
        var oldest = runs.values().iterator();
        if (runs.size() > MOST_RUNS) {
            oldest.next();
            oldest.remove();
        }
        long examples = runs.values().stream().mapToLong(Known::examples).sum();
        for (var known = runs.values().iterator(); examples > MOST_EXAMPLES; ) {
            Known next = known.next();
            if (!known.hasNext()) {
                return;
            }
            examples -= next.examples();
            next.usage = null;
            next.arriving = null;
        }
    }
}
