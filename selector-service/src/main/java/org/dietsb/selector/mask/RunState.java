package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.RunUpdate;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;

/** A run that is held: a function of the log alone. Answers the messages of its attempt. One thread. */
final class RunState {
    /** Maximum number of revisions whose policies are remembered; a trainer that returns to an earlier one sends its policy again. */
    private static final int MOST_POLICIES = 100;

    final String id;
    final long attempt;
    final AttemptOpened opened;
    /** Offset from which the log suffices to rebuild the run: of its AttemptOpened, or of the first part of its last StateGiven. */
    final long rebuildFrom;

    final RunLosses losses;
    final RunFigures figures;
    final Recording recording;
    final ReplayedMasks replayed;
    /** What this run and its partner wait for from each other. */
    final Pairing pairing;

    private final JudgeContext context;
    private final EpochAnswer epochs;
    private final BatchJudge batches;
    private final Map<Long, Policy> policies = new Latest<>(MOST_POLICIES);
    private long lastHeardMillis;
    /** What is sent again after a takeover; null unless messages are being replayed. */
    private @Nullable LastAnswers lastAnswers;

    /**
     * Creates a run as it is after the message at {@code atMillis}.
     *
     * @param figures what was counted of the run so far
     * @param recording what its running epoch has selected so far
     */
    RunState(
            String id,
            long attempt,
            AttemptOpened opened,
            long rebuildFrom,
            RunLosses losses,
            RunFigures figures,
            Recording recording,
            JudgeContext context,
            long atMillis) {
        this.id = id;
        this.attempt = attempt;
        this.opened = opened;
        this.rebuildFrom = rebuildFrom;
        this.context = context;
        this.losses = losses;
        this.figures = figures;
        this.recording = opened.getProxyOf().isEmpty() ? recording : recording.keepingTheEpochBefore();
        this.replayed = new ReplayedMasks(opened, context);
        this.epochs = new EpochAnswer(id, opened, losses, replayed, context);
        this.batches = new BatchJudge(opened, losses, replayed, recording, figures, context);
        this.pairing = new Pairing(opened.getWindow());
        this.lastHeardMillis = atMillis;
    }

    /** Creates a run whose attempt has just been opened, by the message at this offset. */
    static RunState opened(String id, long offset, AttemptOpened opened, JudgeContext context, long atMillis) {
        int examples = opened.getDataset().getCount();
        RunLosses losses = new RunLosses(
                opened, context.room, new LossHistory(1), new LastLosses(examples), new TimesSelected(examples));
        RunFigures figures = new RunFigures(opened.getBatchSize(), new float[0]);
        return new RunState(id, offset, opened, offset, losses, figures, new Recording(examples), context, atMillis);
    }

    /** Notes that the run sent a message at this time, by the message's timestamp. */
    void heard(long atMillis) {
        lastHeardMillis = Math.max(lastHeardMillis, atMillis);
    }

    boolean isSilentSince(long millis) {
        return lastHeardMillis < millis;
    }

    /** Returns an answer to the attempt that says nothing yet. */
    MaskMessage.Builder answer() {
        return Answer.to(id, attempt);
    }

    /** Returns the mask of an epoch that was opened, or its refusal. */
    MaskMessage openEpoch(EpochOpened epoch) throws PoisonException {
        pairing.waiting().clear();
        Policy policy = policy(epoch.getRevision(), epoch.hasPolicy() ? epoch.getPolicy() : null);
        try {
            EpochMask mask = epochs.mask(policy, epoch);
            recordEpoch();
            recording.opened(mask);
            figures.opened(mask.getEpoch(), mask.getKeptCount());
            return answer().setEpochMask(mask).build();
        } catch (RefusalException refusal) {
            return Answer.refused(id, attempt, epoch.getEpoch(), refusal);
        }
    }

    /** Checks a batch that was announced; a poisonous one leaves no policy behind. */
    Announced announced(BatchLosses batch) throws PoisonException {
        ReportedLosses reported = reported(batch.getIndicesList(), batch.getLossesList());
        return new Announced(
                batch, reported, policy(batch.getRevision(), batch.hasPolicy() ? batch.getPolicy() : null));
    }

    /**
     * Returns the mask of a batch, or its refusal.
     *
     * @param fromProxy examples that the run's proxy selected in the epoch, by index; null if the run is judged by its own losses
     */
    MaskMessage judge(Announced batch, @Nullable BitSet fromProxy) {
        try {
            return answer().setBatchMask(batches.mask(batch, fromProxy)).build();
        } catch (RefusalException refusal) {
            return Answer.refused(id, attempt, batch.epoch(), refusal);
        }
    }

    /** Notes the losses of a training step. */
    void trained(TrainedLosses trained) throws PoisonException {
        ReportedLosses step = reported(trained.getIndicesList(), trained.getLossesList());
        if (!step.hasLosses()) {
            throw new PoisonException("a step of " + step.size() + " examples without losses");
        }
        try {
            losses.reserveLastLosses();
        } catch (RefusalException refusal) {
            throw new PoisonException(refusal.reason());
        }
        losses.last.note(step.indices(), step.losses(), RePB.belowMean(step.losses()));
    }

    private ReportedLosses reported(List<Integer> indices, List<Float> values) throws PoisonException {
        return ReportedLosses.of(indices, values, losses.examples(), context.config.largestBatch());
    }

    /** Returns the state of the run, part by part; batches that have no mask yet get none any more. */
    List<MaskMessage> state(StateRequested request) {
        pairing.waiting().clear();
        return parts(request);
    }

    private List<MaskMessage> parts(StateRequested request) {
        return StateParts.of(losses, recording, request).stream()
                .map(part -> answer().setSelectorState(part).build())
                .toList();
    }

    /** Has the last epoch of the run and the run itself stored. */
    void close(AttemptClosed closed) {
        if (!recordEpoch()) {
            return;
        }
        RunRecord.Builder run = RunRecord.newBuilder()
                .setDataset(opened.getDataset().getName())
                .setExamples(losses.examples())
                .setFingerprint(opened.getDataset().getChecksum())
                .setModel(opened.getModel())
                .setSeed(opened.getSeed())
                .setBatchSize(opened.getBatchSize())
                .setEpochs(recording.epoch())
                .setReason(closed.getReason());
        if (closed.hasAccuracy()) {
            run.setAccuracy(closed.getAccuracy());
        }
        context.records.add(record().setRun(run).build());
    }

    /** Has the running epoch stored; returns false if none of its batches was judged. */
    private boolean recordEpoch() {
        Optional<EpochRecord> epoch = recording.record();
        epoch.ifPresent(record -> context.records.add(record().setEpoch(record).build()));
        return epoch.isPresent();
    }

    private MaskRecord.Builder record() {
        return MaskRecord.newBuilder().setRunId(id).setAttempt(attempt);
    }

    /** Returns a report of the run at this time, with its usage if an epoch has ended, or the run. */
    RunUpdate report(boolean over, long nowMillis) {
        boolean usage = over || figures.hasEndedEpoch();
        RunReport report = figures.report(
                id,
                attempt,
                opened.getSeed(),
                losses.examples(),
                opened.getDataset().getChecksum(),
                nowMillis);
        return usage ? RunUpdate.withUsage(report, losses.times.all()) : new RunUpdate(report, null);
    }

    /** While messages are replayed: notes one of the run, with the answers to it. */
    void noteAnswers(LossMessage message, List<MaskMessage> answers) {
        lastAnswers().note(message, answers);
    }

    /** While messages are replayed: notes the answer to an earlier batch, which had to wait. */
    void noteLateAnswer(MaskMessage answer) {
        lastAnswers().noteLate(answer);
    }

    private LastAnswers lastAnswers() {
        if (lastAnswers == null) {
            lastAnswers = new LastAnswers(opened.getWindow());
        }
        return lastAnswers;
    }

    /** After messages were replayed: returns the answers that the trainer may still wait for, and forgets them. */
    List<MaskMessage> takeLastAnswers() {
        LastAnswers last = lastAnswers;
        if (last == null) {
            return List.of();
        }
        lastAnswers = null;
        List<MaskMessage> answers = new ArrayList<>(last.masks());
        StateRequested request = last.stateRequested();
        if (request != null) {
            answers.addAll(parts(request));
        }
        return answers;
    }

    private Policy policy(long revision, org.dietsb.selector.wire.@Nullable Policy sent) throws PoisonException {
        if (sent != null) {
            try {
                policies.put(revision, PolicyWire.fromWire(sent));
            } catch (IllegalArgumentException unknown) {
                throw new PoisonException(String.valueOf(unknown.getMessage()));
            }
        }
        Policy policy = policies.get(revision);
        if (policy == null) {
            throw new PoisonException("revision " + revision + " came without its policy");
        }
        return policy;
    }
}
