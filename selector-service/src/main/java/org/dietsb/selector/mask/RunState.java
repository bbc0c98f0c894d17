package org.dietsb.selector.mask;

import java.util.Map;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.Told;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** What the selector knows of a run: a function of the log alone. One thread. */
final class RunState {
    /** Revisions whose policy is known, the latest; a trainer that comes back to an earlier one tells its policy again. */
    private static final int POLICIES = 100;

    final long attempt;
    final AttemptOpened opened;
    /** The offset from which the log suffices to rebuild it: of its AttemptOpened, or of the first part of its last StateGiven. */
    final long rebuildFrom;

    private final Map<Long, Policy> policies = new Latest<>(POLICIES);
    private LossHistory history;
    private final LastLosses lastLosses;
    private final TimesSelected timesSelected;
    private final RunFigures figures;
    private final Recording recording;
    private final Pairing pairing;
    private @Nullable Replayed replayed;
    private long lossBytes;
    private boolean lacksRoom;
    private long lastHeardMillis;
    /** What is to be said again; null from the moment on when its partition is caught up with. */
    @Nullable
    LastAnswers lastAnswers;

    /** Of an attempt that has just opened. */
    RunState(long attempt, AttemptOpened opened, long atMillis) {
        this(
                attempt,
                opened,
                attempt,
                new LossHistory(1),
                new LastLosses(opened.getDataset().getCount()),
                new TimesSelected(opened.getDataset().getCount()),
                new RunFigures(opened.getBatchSize(), new float[0]),
                new Recording(opened.getDataset().getCount()),
                atMillis);
    }

    /** Of an attempt whose state was given; its policies are told anew. */
    RunState(
            long attempt,
            AttemptOpened opened,
            long rebuildFrom,
            LossHistory history,
            LastLosses lastLosses,
            TimesSelected timesSelected,
            RunFigures figures,
            Recording recording,
            long atMillis) {
        this.attempt = attempt;
        this.opened = opened;
        this.rebuildFrom = rebuildFrom;
        this.history = history;
        this.lastLosses = lastLosses;
        this.timesSelected = timesSelected;
        this.figures = figures;
        this.recording = opened.getProxyOf().isEmpty() ? recording : recording.keepingTheEpochBefore();
        this.lastHeardMillis = atMillis;
        this.pairing = new Pairing(opened.getWindow());
    }

    /** It said something at this time, by the message's timestamp. */
    void heard(long atMillis) {
        lastHeardMillis = Math.max(lastHeardMillis, atMillis);
    }

    /** Whether it has said nothing since then. */
    boolean silentSince(long millis) {
        return lastHeardMillis < millis;
    }

    int examples() {
        return opened.getDataset().getCount();
    }

    /** Of every example that was in a selection pass, or in a step whose losses were reported. */
    LastLosses lastLosses() {
        return lastLosses;
    }

    /** How often the masks of its surviving attempts selected each example. */
    TimesSelected timesSelected() {
        return timesSelected;
    }

    /** What is told of it. */
    RunFigures figures() {
        return figures;
    }

    /** What its running epoch has selected so far. */
    Recording recording() {
        return recording;
    }

    /** What it and its partner wait for from one another; nothing where it has none. */
    Pairing pairing() {
        return pairing;
    }

    /** The masks of another run that were looked up last; null if none were. */
    @Nullable
    Replayed replayed() {
        return replayed;
    }

    void replays(Replayed masks) {
        replayed = masks;
    }

    /** What is told of it now, at this time; with its usage if an epoch has ended, or the run. */
    Told tell(String runId, boolean over, long nowMillis) {
        boolean usage = over || figures.hasEndedEpoch();
        RunReport report = figures.tell(
                runId,
                attempt,
                opened.getSeed(),
                examples(),
                opened.getDataset().getChecksum(),
                nowMillis);
        return usage ? Told.withUsage(report, timesSelected.all()) : new Told(report, null);
    }

    /** Bytes that it takes whatever its policy: what is counted of its examples, its last batches, its masks and those it replays. */
    static long countBytes(AttemptOpened opened) {
        int examples = opened.getDataset().getCount();
        long before = opened.getProxyOf().isEmpty() ? 0 : Recording.bytes(examples) / 2;
        return TimesSelected.bytes(examples)
                + RunFigures.bytes(opened.getBatchSize())
                + 2 * Recording.bytes(examples)
                + before;
    }

    /** Bytes for which room was made. */
    long lossBytes() {
        return lossBytes;
    }

    /** Bytes that it takes with the last losses of all its examples. */
    long lastLossBytes() {
        return countBytes(opened) + LastLosses.bytes(examples());
    }

    /** Bytes that it takes where its losses are kept under this policy, and what earlier ones had it remember. */
    long lossBytesUnder(Policy policy) {
        boolean sorted = policy.kind().byLoss() && policy.rule() == Policy.Rule.PERCENTILE;
        return lastLossBytes() + LossHistory.bytes(Math.max(history.capacity(), policy.historySize()), sorted);
    }

    /** There is no room for losses of it that have come. */
    void lackRoom() {
        lacksRoom = true;
    }

    boolean lacksRoom() {
        return lacksRoom;
    }

    /** Room for so many bytes of losses is made. */
    void grantLossBytes(long bytes) {
        lossBytes = bytes;
    }

    /** The policy of a revision, told now or before. */
    Policy policy(long revision, @Nullable Policy told) throws PoisonException {
        if (told != null) {
            policies.put(revision, told);
        }
        Policy policy = policies.get(revision);
        if (policy == null) {
            throw new PoisonException("revision " + revision + " came without its policy");
        }
        return policy;
    }

    /** The run's losses so far. */
    LossHistory history() {
        return history;
    }

    /** The run's losses so far, as many as this policy looks back. */
    LossHistory history(Policy policy) {
        if (policy.historySize() > history.capacity()) {
            LossHistory larger = new LossHistory(policy.historySize());
            larger.append(history.all());
            history = larger;
        }
        return history;
    }
}
