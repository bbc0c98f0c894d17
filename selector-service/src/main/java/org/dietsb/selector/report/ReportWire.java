package org.dietsb.selector.report;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.dietsb.contracts.field.Numbers;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.wire.EpochCounts;
import org.dietsb.selector.wire.JudgedBatch;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.selector.wire.UsageChunk;

/** Converts reports between their records and their wire form. */
final class ReportWire {
    /** Examples per chunk of usage: up to 3 bytes each, and a broker accepts no message above 1 MB. */
    static final int CHUNK = 200_000;

    private ReportWire() {}

    static SelectionReport toWire(RunReport report) {
        var figures = org.dietsb.selector.wire.RunFigures.newBuilder()
                .setSeed(report.seed())
                .setExamples(report.examples())
                .setFingerprint(report.fingerprint())
                .setEpoch(report.epoch())
                .setBatch(report.batch());
        if (!report.epochs().isEmpty()) {
            figures.addAllLossBounds(report.epochs().get(0).losses().bounds());
        }
        for (EpochReport epoch : report.epochs()) {
            EpochCounts.Builder counts = EpochCounts.newBuilder()
                    .setEpoch(epoch.epoch())
                    .setFirstBatch(epoch.firstBatch())
                    .setAnnounced(epoch.announced())
                    .setSelected(epoch.selected())
                    .addAllLossesSeen(epoch.losses().seen())
                    .addAllLossesSelected(epoch.losses().selected());
            if (epoch.kept() != null) {
                counts.setKept(epoch.kept());
            }
            figures.addEpochs(counts);
        }
        report.lastBatches().forEach(batch -> figures.addLastBatches(toWire(batch)));
        for (float loss : report.historyBefore()) {
            figures.addHistoryBefore(loss);
        }
        return of(report.runId(), report.attempt(), report.at().toEpochMilli())
                .setFigures(figures)
                .build();
    }

    private static SelectionReport.Builder of(String runId, long attempt, long atMillis) {
        return SelectionReport.newBuilder().setRunId(runId).setAttempt(attempt).setEpochMillis(atMillis);
    }

    private static JudgedBatch toWire(LastBatch batch) {
        JudgedBatch.Builder wire = JudgedBatch.newBuilder()
                .setEpoch(batch.epoch())
                .setBatch(batch.batch())
                .setRevision(batch.revision())
                .setPolicy(PolicyWire.toWire(batch.policy()))
                .setSelected(ByteString.copyFrom(batch.selected().toByteArray()));
        for (int index : batch.indices()) {
            wire.addIndices(index);
        }
        for (float loss : batch.losses()) {
            wire.addLosses(loss);
        }
        return wire.build();
    }

    /** Returns a chunk of usage, of a training set of at most 16,777,216 examples. */
    static SelectionReport toWire(Usage usage, int chunk, long atMillis) {
        UsageChunk.Builder wire = UsageChunk.newBuilder()
                .setEpoch(usage.epoch())
                .setBatch(usage.batch())
                .setExamples(usage.examples())
                .setChunk(chunk)
                .setChunks(chunks(usage.examples()));
        for (int index = chunk * CHUNK; index < Math.min(usage.examples(), (chunk + 1) * CHUNK); index++) {
            wire.addTimesSelected(usage.times(index));
        }
        return of(usage.runId(), usage.attempt(), atMillis).setUsage(wire).build();
    }

    static int chunks(int examples) {
        return (examples + CHUNK - 1) / CHUNK;
    }

    /** Returns the key of a message. */
    static String key(SelectionReport report) {
        return report.hasUsage()
                ? report.getRunId() + "/usage/" + report.getUsage().getChunk()
                : report.getRunId();
    }

    /**
     * Returns the record of a report of a run's figures.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static RunReport fromWire(SelectionReport report) {
        var figures = report.getFigures();
        int examples = figures.getExamples();
        require(examples >= 1, "a training set of " + examples + " examples, allowed is 1 or more");
        require(figures.getEpochsCount() <= 2, figures.getEpochsCount() + " epochs, allowed are 2");
        int inAll = figures.getLastBatchesList().stream()
                .mapToInt(JudgedBatch::getIndicesCount)
                .sum();
        require(
                inAll <= 2 * RunFigures.MOST_EXAMPLES,
                "last batches of " + inAll + " examples, allowed are " + 2 * RunFigures.MOST_EXAMPLES);
        require(
                figures.getHistoryBeforeCount() <= RunFigures.MOST_HISTORY,
                "a history of " + figures.getHistoryBeforeCount() + " losses, allowed are " + RunFigures.MOST_HISTORY);
        return new RunReport(
                report.getRunId(),
                report.getAttempt(),
                Instant.ofEpochMilli(report.getEpochMillis()),
                figures.getSeed(),
                examples,
                figures.getFingerprint(),
                figures.getEpoch(),
                figures.getBatch(),
                figures.getEpochsList().stream()
                        .map(epoch -> fromWire(epoch, figures.getLossBoundsList()))
                        .toList(),
                figures.getLastBatchesList().stream()
                        .map(batch -> fromWire(batch, examples))
                        .toList(),
                losses(figures.getHistoryBeforeList()));
    }

    private static EpochReport fromWire(EpochCounts counts, List<Double> bounds) {
        return new EpochReport(
                counts.getEpoch(),
                counts.getFirstBatch(),
                counts.getAnnounced(),
                counts.getSelected(),
                counts.hasKept() ? counts.getKept() : null,
                new LossHistogram(bounds, counts.getLossesSeenList(), counts.getLossesSelectedList()));
    }

    private static LastBatch fromWire(JudgedBatch wire, int examples) {
        int size = wire.getIndicesCount();
        require(size >= 1, "a batch without examples");
        require(
                wire.getLossesCount() == 0 || wire.getLossesCount() == size,
                wire.getLossesCount() + " losses for " + size + " examples");
        for (int index : wire.getIndicesList()) {
            require(index >= 0 && index < examples, "index is " + index + ", allowed is [0, " + examples + ")");
        }
        BitSet selected = BitSet.valueOf(wire.getSelected().toByteArray());
        require(selected.length() <= size, "bit " + (selected.length() - 1) + " of " + size + " examples is set");
        Policy policy = PolicyWire.fromWire(wire.getPolicy());
        return new LastBatch(
                wire.getEpoch(),
                wire.getBatch(),
                wire.getRevision(),
                policy,
                wire.getIndicesList().stream().mapToInt(index -> index).toArray(),
                losses(wire.getLossesList()),
                selected);
    }

    private static float[] losses(List<Float> wire) {
        float[] losses = new float[wire.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = wire.get(i);
            require(
                    losses[i] >= 0 && !Float.isInfinite(losses[i]),
                    "loss " + i + " is " + Numbers.words(losses[i]) + ", allowed is 0 or more, and finite");
        }
        return losses;
    }

    /**
     * Returns the counts of a chunk of usage.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static char[] times(UsageChunk chunk) {
        int examples = chunk.getExamples();
        require(
                examples >= 1 && examples <= Usage.LARGEST,
                "usage of " + Integer.toUnsignedString(examples) + " examples, allowed is [1, " + Usage.LARGEST + "]");
        require(
                chunk.getChunks() == chunks(examples) && chunk.getChunk() >= 0 && chunk.getChunk() < chunk.getChunks(),
                "chunk " + chunk.getChunk() + " of " + chunk.getChunks() + ", allowed are [0, " + chunks(examples)
                        + ") for " + examples + " examples");
        int size = Math.min(CHUNK, examples - chunk.getChunk() * CHUNK);
        require(
                chunk.getTimesSelectedCount() == size,
                chunk.getTimesSelectedCount() + " counts in a chunk, allowed are " + size);
        char[] times = new char[size];
        for (int i = 0; i < size; i++) {
            int of = chunk.getTimesSelected(i);
            require(of >= 0 && of <= Character.MAX_VALUE, "count " + i + " is " + of + ", allowed is [0, 65535]");
            times[i] = (char) of;
        }
        return times;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
