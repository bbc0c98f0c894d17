package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.RunUpdate;
import org.dietsb.selector.report.Usage;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/** A run that is held: a function of the log alone. Answers the messages of its attempt. One thread. */
final class RunState {
    /** Parts of a state that are sent before messages of other runs are answered; it takes some milliseconds. */
    private static final int MOST_PARTS = 4;

    final String id;
    final long attempt;
    final AttemptOpened opened;
    /** Offset from which the log suffices to rebuild the run: of its AttemptOpened, or of the first part of its last StateGiven. */
    final long rebuildFrom;

    final RunLosses losses;
    final RunFigures figures;
    final Recording recording;
    final ReplayedMasks replayed;
    final ReferenceLosses reference;
    final RunPolicies policies;
    /** What this run and its partner wait for from each other. */
    final Pairing pairing;

    final MessageChecks checks;

    private final JudgeContext context;
    private final EpochAnswer epochs;
    private final BatchJudge batches;
    private final LastAnswers lastAnswers;
    /** The state whose parts are being sent; null if none is. */
    private @Nullable StateParts state;

    private long lastHeardMillis;

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
        this.policies = new RunPolicies(context.room);
        this.reference = new ReferenceLosses(opened, context);
        this.epochs = new EpochAnswer(id, opened, losses, replayed, reference, this.recording, context);
        this.batches = new BatchJudge(opened, losses, replayed, reference, recording, figures, context);
        this.pairing = new Pairing(opened.getWindow());
        this.lastAnswers = new LastAnswers(opened.getWindow());
        this.checks = new MessageChecks(opened, losses, policies, recording, lastAnswers, context);
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

    /** Returns the mask of an epoch that was opened, or its parts, or its refusal. */
    List<MaskMessage> openEpoch(EpochOpened epoch) throws PoisonException {
        Policy policy = checks.epoch(epoch);
        List<MaskMessage> before = lastAnswers.toSame(epoch, policy);
        if (!before.isEmpty()) {
            return before;
        }
        pairing.waiting().clear();
        try {
            EpochMask mask = epochs.mask(policy, epoch);
            List<MaskMessage> answers =
                    EpochParts.of(mask, this).stream().map(this::takingSpans).toList();
            boolean alsoRecorded = Recording.bytes(losses.examples()) > 0;
            losses.reserveKept(
                    0,
                    mask.getWeighted().size()
                            + (alsoRecorded ? 0 : mask.getKept().size()));
            recordEpoch();
            recording.opened(mask);
            checks.opened(mask.getEpoch());
            losses.epochBegins(policy);
            figures.opened(mask.getEpoch(), mask.getKeptCount());
            return answers;
        } catch (RefusalException refusal) {
            return List.of(Answer.refused(id, attempt, epoch.getEpoch(), refusal));
        }
    }

    private MaskMessage takingSpans(MaskMessage ofEpoch) {
        return opened.getReadsSpans() ? ofEpoch.toBuilder().setTakesSpans(true).build() : ofEpoch;
    }

    /**
     * Looks up what the batches of a span are judged by, before any of them is.
     *
     * @throws PendingException if that is not finished
     */
    void lookUp(List<Announced> span) throws RefusalException {
        for (Announced batch : span) {
            batches.lookUp(batch);
        }
    }

    /**
     * Returns the answers to a batch that was announced before, exactly as now, because its trainer has had no answer: none while
     * it waits for the run's partner. Empty if it is to be judged.
     */
    Optional<List<MaskMessage>> answersToSame(Announced batch) {
        checks.announced(batch.batch());
        if (!lastAnswers.announced(batch)) {
            return Optional.empty();
        }
        if (pairing.isPending(batch.epoch(), batch.batch())) {
            return Optional.of(List.of());
        }
        return Optional.ofNullable(lastAnswers.mask(batch)).map(List::of);
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

    /** Returns the places that the policy selects of a batch of a run that is judged by its own losses. */
    BitSet selected(Announced batch) throws RefusalException {
        return batches.selected(batch, null);
    }

    /** Notes the losses of training steps. */
    void trained(List<ReportedLosses> steps) throws PoisonException {
        try {
            trainedOn(steps);
        } catch (RefusalException refusal) {
            throw new PoisonException(refusal.reason());
        }
    }

    /** As {@link #trained}, of a run apart from live ones. */
    void trainedOn(List<ReportedLosses> steps) throws RefusalException {
        losses.reserveLastLosses();
        steps.forEach(step -> losses.trained(step.indices(), step.losses()));
    }

    /**
     * Returns the last parts of the state of the run; batches that have no mask yet get none any more. None while messages are
     * replayed: {@link #takeLastAnswers} returns all of them.
     *
     * @throws PendingException with the first parts, if there are many
     */
    List<MaskMessage> state(StateRequested request) throws PoisonException {
        checks.barrier(request);
        pairing.waiting().clear();
        if (context.isReplaying()) {
            return List.of();
        }
        StateParts parts = state != null && state.isOf(request) ? state : new StateParts(losses, recording, request);
        List<MaskMessage> next = answers(parts, MOST_PARTS);
        state = parts.hasNext() ? parts : null;
        if (state != null) {
            throw new PendingException(next);
        }
        return next;
    }

    private List<MaskMessage> answers(StateParts parts, int most) {
        return parts.next(most).stream()
                .map(part -> answer().setSelectorState(part).build())
                .toList();
    }

    /** Gives up what is being decided or sent: the run is gone. */
    void giveUp() {
        epochs.giveUp();
        state = null;
    }

    /** Has the last epoch of the run and the run itself stored. */
    void close(AttemptClosed closed) {
        if (!recordEpoch()) {
            return;
        }
        context.records.add(MaskRecord.newBuilder()
                .setRunId(id)
                .setAttempt(attempt)
                .setRun(RunEnd.record(opened, recording.epoch(), closed))
                .build());
    }

    /** Has the running epoch stored; returns false if none of its batches was judged. */
    private boolean recordEpoch() {
        List<MaskRecord> epoch = recording.records(id, attempt);
        context.records.addAll(epoch);
        return !epoch.isEmpty();
    }

    /** Returns a report of the run at this time, with its usage if an epoch has ended, or the run. */
    RunUpdate report(boolean over, long nowMillis) {
        boolean usage = (over || figures.hasEndedEpoch()) && losses.examples() <= Usage.LARGEST;
        RunReport report = figures.report(
                id,
                attempt,
                opened.getSeed(),
                losses.examples(),
                opened.getDataset().getChecksum(),
                nowMillis);
        return usage ? RunUpdate.withUsage(report, losses.times.all()) : new RunUpdate(report, null);
    }

    /** Notes a message of the run, with the answers to it, which are sent unless messages are being replayed. */
    void noteAnswers(LossMessage message, List<MaskMessage> answers) {
        lastAnswers.note(message, answers, !context.isReplaying());
    }

    /** Notes the answer to an earlier batch, which had to wait, or a refusal. */
    void noteLateAnswer(MaskMessage answer) {
        lastAnswers.noteLate(answer, !context.isReplaying());
    }

    /** After messages were replayed: returns, once, the answers that the trainer may still wait for. */
    List<MaskMessage> takeLastAnswers() {
        boolean unsent = lastAnswers.hasUnsent();
        List<MaskMessage> answers = new ArrayList<>(lastAnswers.takeUnsent());
        StateRequested request = lastAnswers.stateRequested();
        if (unsent && request != null) {
            answers.addAll(answers(new StateParts(losses, recording, request), Integer.MAX_VALUE));
        }
        return answers;
    }
}
