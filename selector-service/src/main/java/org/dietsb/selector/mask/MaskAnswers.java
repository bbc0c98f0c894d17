package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.InfoBatch;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.LastBatch;
import org.dietsb.selector.report.Told;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.RunRecord;
import org.dietsb.selector.wire.Unknown;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;

/**
 * Answers the messages of one partition of batch-losses, in order: a function of these, of the score sets and of the masks that are recorded. Those that
 * another selector has answered are replayed, from {@link #rebuildFrom} of that one on. One thread.
 */
final class MaskAnswers {
    private static final int MOST_ENDED = 100;
    private static final Closed NEVER_CLOSED = new Closed(-1, 0);

    private final Sources sources;
    private final SelectorConfig config;
    private final Room room;
    private final SelectorMeters meters;
    private final Map<String, RunState> runs = new HashMap<>();
    /** Runs that are over, the latest: a trainer that missed this is fenced, not told to open a new attempt. */
    private final Map<String, Closed> closed;
    /** States of which not all parts have come. */
    private final Map<String, GivenState> given;
    /** What is still to be told of runs that are over, the latest. */
    private final Map<String, Told> ended = new Latest<>(MOST_ENDED);
    /** While replaying: the last message of each attempt that is not held, without its losses. */
    private final Map<Attempt, LossMessage> strays;

    /** Records that are yet to be stored. */
    private final List<MaskRecord> records = new ArrayList<>();

    private boolean replaying;

    private record Closed(long attempt, long atMillis) {}

    private record Attempt(String runId, long number) {}

    MaskAnswers(Sources sources, SelectorConfig config, Room room, SelectorMeters meters) {
        this.sources = sources;
        this.config = config;
        this.room = room;
        this.meters = meters;
        this.closed = new Latest<>(config.mostRuns());
        this.strays = new Latest<>(config.mostRuns());
        this.given = new Latest<>(config.mostRuns());
    }

    /** The message that a record of batch-losses holds. */
    static LossMessage parse(byte @Nullable [] value) throws PoisonException {
        if (value == null) {
            throw new PoisonException("a message without a value");
        }
        try {
            return LossMessage.parseFrom(value);
        } catch (InvalidProtocolBufferException unreadable) {
            throw new PoisonException("unparseable: " + unreadable.getMessage());
        }
    }

    int runs() {
        return runs.size();
    }

    /** Bytes that the losses of its runs may take, and those given of runs that are not held yet. */
    long lossBytes() {
        return runs.values().stream().mapToLong(RunState::lossBytes).sum()
                + given.entrySet().stream()
                        .filter(state -> !runs.containsKey(state.getKey()))
                        .mapToLong(state -> state.getValue().lossBytes())
                        .sum();
    }

    /** The lowest offset from which its runs can be rebuilt; none if there is no run. */
    OptionalLong rebuildFrom() {
        return runs.values().stream().mapToLong(run -> run.rebuildFrom).min();
    }

    /**
     * Forgets runs that have said nothing for too long. Where one of them waited for its partner to say something, it is told, so
     * that it opens another attempt.
     */
    List<MaskMessage> forget(long nowMillis) {
        long since = since(nowMillis);
        List<MaskMessage> told = new ArrayList<>();
        runs.entrySet().removeIf(entry -> {
            RunState run = entry.getValue();
            if (run.silentSince(since) && run.pairing().isWaiting()) {
                told.add(answerTo(entry.getKey(), run.attempt)
                        .setUnknown(Unknown.getDefaultInstance())
                        .build());
            }
            return run.silentSince(since);
        });
        closed.values().removeIf(run -> run.atMillis < since);
        return told;
    }

    /** Masks of runs whose proxy is over: its record may have come since they were asked for. */
    List<MaskMessage> overdue() {
        List<MaskMessage> due = new ArrayList<>();
        runs.forEach((runId, run) -> {
            if (!run.pairing().waiting().isEmpty() && !runs.containsKey(run.opened.getProxy())) {
                due.addAll(fromProxy(runId, run));
            }
        });
        return due;
    }

    private long since(long millis) {
        return millis - config.forgetAfter().toMillis();
    }

    /**
     * What is due to be told of its runs, at most {@code most} of those that go on, those told longest ago first.
     *
     * @param everyMillis how long after it was told of a run more is told
     */
    List<Told> due(long nowMillis, long everyMillis, int most) {
        List<Told> due = new ArrayList<>(ended.values());
        ended.clear();
        runs.entrySet().stream()
                .filter(run -> run.getValue().figures().isDue(nowMillis, everyMillis))
                .sorted(Comparator.comparingLong(run -> run.getValue().figures().toldMillis()))
                .limit(most)
                .forEach(run -> due.add(run.getValue().tell(run.getKey(), false, nowMillis)));
        return due;
    }

    /**
     * What is to be stored of epochs that are over, in a replay too: whoever answered before may not have come so far, and a
     * record that comes twice is the same.
     */
    List<MaskRecord> takeRecords() {
        List<MaskRecord> taken = List.copyOf(records);
        records.clear();
        return taken;
    }

    private void record(String runId, RunState run) {
        run.recording()
                .record()
                .ifPresent(epoch -> records.add(MaskRecord.newBuilder()
                        .setRunId(runId)
                        .setAttempt(run.attempt)
                        .setEpoch(epoch)
                        .build()));
    }

    private void recordEnd(String runId, RunState run, AttemptClosed ended) {
        record(runId, run);
        if (run.recording().record().isEmpty()) {
            return;
        }
        AttemptOpened opened = run.opened;
        RunRecord.Builder whole = RunRecord.newBuilder()
                .setDataset(opened.getDataset().getName())
                .setExamples(run.examples())
                .setFingerprint(opened.getDataset().getChecksum())
                .setModel(opened.getModel())
                .setSeed(opened.getSeed())
                .setBatchSize(opened.getBatchSize())
                .setEpochs(run.recording().epoch())
                .setReason(ended.getReason());
        if (ended.hasAccuracy()) {
            whole.setAccuracy(ended.getAccuracy());
        }
        records.add(MaskRecord.newBuilder()
                .setRunId(runId)
                .setAttempt(run.attempt)
                .setRun(whole)
                .build());
    }

    /** Takes in what another selector has answered, or was to answer; what it may have failed to say is told in the end. */
    void replay(LossMessage message, long offset, long atMillis) throws PoisonException {
        replaying = true;
        try {
            var unused = answer(message, offset, atMillis);
        } finally {
            replaying = false;
        }
    }

    /** After all is replayed: what trainers may still wait for, as it was answered or would have been. */
    List<MaskMessage> lastAnswers() {
        List<MaskMessage> again = new ArrayList<>();
        runs.forEach((runId, run) -> {
            LastAnswers last = run.lastAnswers;
            if (last != null) {
                again.addAll(last.masks());
                StateRequested request = last.stateRequested();
                if (request != null) {
                    again.addAll(state(run, request, answerTo(runId, run.attempt)));
                }
                run.lastAnswers = null;
            }
        });
        strays.forEach((attempt, message) -> {
            RunState run = runs.get(attempt.runId);
            boolean held = run != null && run.attempt == attempt.number;
            if (!held && closed.getOrDefault(attempt.runId, NEVER_CLOSED).attempt != attempt.number) {
                again.addAll(notHeld(run, message));
            }
        });
        strays.clear();
        given.keySet().retainAll(runs.keySet());
        return again;
    }

    /**
     * The answers, none where none is due.
     *
     * @param atMillis when it was said, by the message's timestamp: time is that of the log
     */
    List<MaskMessage> answer(LossMessage message, long offset, long atMillis) throws PoisonException {
        String runId = message.getRunId();
        if (!RunId.isValid(runId)) {
            throw new PoisonException("run id is '" + runId + "', allowed is " + RunId.SYNTAX);
        }
        if (message.getEventCase() == LossMessage.EventCase.EVENT_NOT_SET) {
            throw new PoisonException("a message without an event this version knows");
        }
        forgetIfSilent(runId, atMillis);
        if (message.hasAttemptOpened()) {
            open(runId, message.getAttemptOpened(), offset, atMillis);
            return List.of();
        }
        RunState run = runs.get(runId);
        if (run == null || message.getAttempt() != run.attempt) {
            return stray(run, message, offset, atMillis);
        }
        run.heard(atMillis);
        if (!replaying) {
            return answerOf(run, message, offset, atMillis);
        }
        try {
            List<MaskMessage> answers = answerOf(run, message, offset, atMillis);
            lastAnswers(run)
                    .note(
                            message,
                            answers.stream()
                                    .filter(answer -> answer.getRunId().equals(runId))
                                    .toList());
            for (MaskMessage answer : answers) {
                RunState partner = runs.get(answer.getRunId());
                if (!answer.getRunId().equals(runId) && partner != null) {
                    lastAnswers(partner).noteLate(answer);
                }
            }
            return answers;
        } finally {
            // It had room where it was answered, and goes on from its trainer's checkpoint where it has.
            if (run.lacksRoom()) {
                runs.remove(runId);
                note(message);
            }
        }
    }

    private static LastAnswers lastAnswers(RunState run) {
        LastAnswers last = run.lastAnswers;
        if (last == null) {
            last = new LastAnswers(run.opened.getWindow());
            run.lastAnswers = last;
        }
        return last;
    }

    /** Whenever it is looked at: a run that was silent for too long is forgotten before it says something again. */
    private void forgetIfSilent(String runId, long atMillis) {
        RunState run = runs.get(runId);
        if (run != null && run.silentSince(since(atMillis))) {
            runs.remove(runId);
            given.remove(runId);
        }
        if (closed.getOrDefault(runId, NEVER_CLOSED).atMillis < since(atMillis)) {
            closed.remove(runId);
        }
    }

    private List<MaskMessage> answerOf(RunState run, LossMessage message, long offset, long atMillis)
            throws PoisonException {
        String runId = message.getRunId();
        MaskMessage.Builder answer = answerTo(runId, run.attempt);
        List<MaskMessage> answers =
                switch (message.getEventCase()) {
                    case EPOCH_OPENED -> {
                        run.pairing().waiting().clear();
                        MaskMessage mask = epoch(run, message.getEpochOpened(), answer);
                        if (mask.hasEpochMask()) {
                            record(runId, run);
                            run.recording().opened(mask.getEpochMask());
                            run.figures()
                                    .opened(
                                            mask.getEpochMask().getEpoch(),
                                            mask.getEpochMask().getKeptCount());
                        }
                        yield List.of(mask);
                    }
                    case BATCH_LOSSES -> announced(runId, run, message.getBatchLosses());
                    case TRAINED_LOSSES -> {
                        trained(run, message.getTrainedLosses());
                        yield List.of();
                    }
                    case ATTEMPT_CLOSED -> {
                        recordEnd(runId, run, message.getAttemptClosed());
                        if (run.figures().hasBegun()) {
                            ended.put(runId, run.tell(runId, true, atMillis));
                        }
                        runs.remove(runId);
                        closed.put(runId, new Closed(run.attempt, atMillis));
                        RunState proxy = runs.get(run.opened.getProxy());
                        yield proxy == null ? List.of() : proxy.pairing().letGoAll();
                    }
                    case STATE_REQUESTED -> {
                        // Whatever has no mask by now is trained without.
                        run.pairing().waiting().clear();
                        yield state(run, message.getStateRequested(), answer);
                    }
                    case STATE_GIVEN -> given(run, message, offset, atMillis);
                    case ATTEMPT_OPENED, EVENT_NOT_SET -> throw new IllegalStateException("was dealt with above");
                };
        // Not before: what is poison comes between no two parts.
        if (!message.hasStateGiven()) {
            given.remove(runId);
        }
        return answers;
    }

    /** The answers to an attempt that is not held. */
    private List<MaskMessage> stray(@Nullable RunState held, LossMessage message, long offset, long atMillis)
            throws PoisonException {
        boolean highest = message.getAttempt() > highest(message.getRunId(), held);
        if (replaying && highest && message.hasStateGiven()) {
            // Of a run that can be rebuilt from here on.
            return given(null, message, offset, atMillis);
        }
        if (highest && held == null && message.hasAttemptClosed() && message.getAttempt() < offset) {
            closed.put(message.getRunId(), new Closed(message.getAttempt(), atMillis));
        }
        if (replaying) {
            note(message);
        }
        return notHeld(held, message);
    }

    private void note(LossMessage message) {
        LossMessage.Builder bare =
                LossMessage.newBuilder().setRunId(message.getRunId()).setAttempt(message.getAttempt());
        switch (message.getEventCase()) {
            case EPOCH_OPENED ->
                bare.getEpochOpenedBuilder().setEpoch(message.getEpochOpened().getEpoch());
            case ATTEMPT_CLOSED -> bare.getAttemptClosedBuilder();
            default -> bare.getBatchLossesBuilder();
        }
        Attempt attempt = new Attempt(message.getRunId(), message.getAttempt());
        strays.remove(attempt);
        strays.put(attempt, bare.build());
    }

    private long highest(String runId, @Nullable RunState held) {
        return held == null ? closed.getOrDefault(runId, NEVER_CLOSED).attempt : held.attempt;
    }

    private List<MaskMessage> notHeld(@Nullable RunState held, LossMessage message) {
        MaskMessage.Builder answer = answerTo(message.getRunId(), message.getAttempt());
        long highest = highest(message.getRunId(), held);
        if (message.getAttempt() < highest) {
            if (!replaying) {
                meters.fenced();
            }
            return List.of(
                    answer.setFenced(Fenced.newBuilder().setByAttempt(highest)).build());
        }
        String full = held == null && message.hasEpochOpened() ? room.forRun() : "";
        if (!full.isEmpty()) {
            return List.of(refused(answer, message.getEpochOpened().getEpoch(), full));
        }
        return message.hasAttemptClosed()
                ? List.of()
                : List.of(answer.setUnknown(Unknown.getDefaultInstance()).build());
    }

    private static MaskMessage.Builder answerTo(String runId, long attempt) {
        return MaskMessage.newBuilder().setRunId(runId).setAttempt(attempt);
    }

    private void open(String runId, AttemptOpened opened, long offset, long atMillis) throws PoisonException {
        checkSize(opened);
        RunState run = runs.get(runId);
        if (run == null && !room.forRun().isEmpty()) {
            var unused = forget(atMillis);
        }
        if (run == null ? room.forRun().isEmpty() : offset > run.attempt) {
            runs.put(runId, new RunState(offset, opened, atMillis));
            closed.remove(runId);
            given.remove(runId);
        }
    }

    private void checkSize(AttemptOpened opened) throws PoisonException {
        int examples = opened.getDataset().getCount();
        if (examples < 1 || examples > config.largestDataset()) {
            throw new PoisonException("a training set of " + Integer.toUnsignedString(examples)
                    + " examples, allowed is [1, " + config.largestDataset() + "]");
        }
    }

    private static List<MaskMessage> state(RunState run, StateRequested request, MaskMessage.Builder answer) {
        return StateParts.of(run, request).stream()
                .map(part -> answer.setSelectorState(part).build())
                .toList();
    }

    /** Takes a part of a run's state; after the last one the run is what they say. Answered only if it is refused. */
    private List<MaskMessage> given(@Nullable RunState held, LossMessage message, long offset, long atMillis)
            throws PoisonException {
        String runId = message.getRunId();
        StateGiven part = message.getStateGiven();
        GivenState before = given.get(runId);
        checkSize(part.getOpened());
        GivenState state = before == null
                        || before.attempt != message.getAttempt()
                        || part.getState().getPart() == 0
                ? new GivenState(message.getAttempt(), part, offset)
                : before;
        AttemptOpened opened = held == null ? state.opened : held.opened;
        if (!opened.getDataset().equals(part.getOpened().getDataset())
                || opened.getSeed() != part.getOpened().getSeed()) {
            throw new PoisonException("a state of another training set or seed than its attempt was opened with");
        }
        long hasBytes = held != null ? held.lossBytes() : before == state ? before.lossBytes() : 0;
        long bytes = Math.max(hasBytes, state.lossBytesWith(part.getState()));
        String refusal = runs.containsKey(runId) ? "" : room.forRun();
        if (refusal.isEmpty() && bytes > hasBytes) {
            refusal = room.forLosses(bytes - hasBytes);
        }
        if (!refusal.isEmpty()) {
            given.remove(runId);
            if (held == null) {
                note(message);
            } else {
                held.lackRoom();
            }
            return List.of(refused(
                    answerTo(runId, message.getAttempt()), part.getState().getEpoch(), refusal));
        }
        state.add(part.getState());
        if (state.isComplete()) {
            RunState run = state.run(held, atMillis);
            run.grantLossBytes(bytes);
            runs.put(runId, run);
            given.remove(runId);
            return letGoAndGive(run);
        }
        given.put(runId, state);
        return List.of();
    }

    private MaskMessage epoch(RunState run, EpochOpened opened, MaskMessage.Builder answer) throws PoisonException {
        Policy policy = run.policy(opened.getRevision(), opened.hasPolicy() ? spec(opened.getPolicy()) : null);
        String refusal = policy.unfitFor(run.opened.getBatchSize());
        boolean byEpoch = policy.kind().byEpoch();
        if (refusal.isEmpty()) {
            boolean losses = byEpoch || policy.kind().byLoss();
            refusal = makeRoom(run, losses ? run.lossBytesUnder(policy) : RunState.countBytes(run.opened));
        }
        int examples = run.examples();
        if (refusal.isEmpty() && (byEpoch || policy.prePruned() > 0)) {
            refusal = room.forChoosingAmong(examples);
        }
        if (!refusal.isEmpty()) {
            return refused(answer, opened.getEpoch(), refusal);
        }
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(opened.getEpoch()).setRevision(opened.getRevision());
        if (byEpoch && !opened.getWhole()) {
            return answer.setEpochMask(
                            policy.kind() == Policy.Kind.REPB
                                    ? rePB(run, policy, opened.getEpoch(), mask)
                                    : infoBatch(run, policy, opened.getEpoch(), mask))
                    .build();
        }
        if (policy.kind() == Policy.Kind.REPLAY) {
            return replayed(run, policy, opened, mask, answer);
        }
        if (!policy.kind().hasDiet() || policy.prePruned() == 0 || opened.getEpoch() <= policy.ownEpochs()) {
            return answer.setEpochMask(mask.setKeptCount(examples)).build();
        }
        ScoreSet scores = null;
        String scoreSet = policy.scoresOf(answer.getRunId());
        if (scoreSet != null) {
            ScoreSets.Found found = sources.scores(scoreSet);
            if (found instanceof ScoreSets.Found.Unusable unusable) {
                return refused(answer, opened.getEpoch(), unusable.reason());
            }
            scores = ((ScoreSets.Found.Whole) found).scores();
            if (!scores.isOf(examples, run.opened.getDataset().getChecksum())) {
                return refused(
                        answer, opened.getEpoch(), "score set " + scoreSet + " is of another dataset than this run's");
            }
        }
        BitSet kept = new Diet(policy.prePruned(), policy.order(), policy.balanced())
                .kept(examples, run.opened.getSeed(), scores);
        if (kept.isEmpty()) {
            return refused(
                    answer, opened.getEpoch(), "a diet of " + policy.prePruned() + " leaves nothing to train on");
        }
        if (!replaying) {
            meters.dieted(examples - kept.cardinality());
        }
        return answer.setEpochMask(mask.setKept(bits(kept, examples)).setKeptCount(kept.cardinality()))
                .build();
    }

    /** What the diet of the run that is replayed left. */
    private MaskMessage replayed(
            RunState run, Policy policy, EpochOpened opened, EpochMask.Builder mask, MaskMessage.Builder answer) {
        String refusal = lookUp(run, policy, opened.getEpoch());
        if (!refusal.isEmpty()) {
            return refused(answer, opened.getEpoch(), refusal);
        }
        BitSet kept = masks(run).kept();
        int examples = run.examples();
        if (kept == null) {
            return answer.setEpochMask(mask.setKeptCount(examples)).build();
        }
        if (!replaying) {
            meters.dieted(examples - kept.cardinality());
        }
        return answer.setEpochMask(mask.setKept(bits(kept, examples)).setKeptCount(kept.cardinality()))
                .build();
    }

    /** Has the masks ready that an epoch replays; why it cannot, in words, empty if it can. */
    private String lookUp(RunState run, Policy policy, int epoch) {
        String refusal = found(run, policy, epoch);
        if (!refusal.isEmpty() && !replaying) {
            meters.replayMissed();
        }
        return refusal;
    }

    private String found(RunState run, Policy policy, int epoch) {
        String of = Objects.requireNonNull(policy.of(), "a replay is of a run");
        MaskRecords.Found found =
                sources.record(of, run.examples(), run.opened.getDataset().getChecksum());
        if (found instanceof MaskRecords.Found.Unusable unusable) {
            return unusable.reason();
        }
        RecordedRun record = ((MaskRecords.Found.Whole) found).run();
        int theirs = new Replay(record.epochs().size()).epoch(epoch, run.opened.getEpochs());
        Replayed before = run.replayed();
        String which = record.runId() + "@" + record.checksum();
        if (before == null || !before.of().equals(which) || before.epoch() != theirs) {
            Optional<MaskRecords.Masks> masks = sources.masks(record, theirs);
            if (masks.isEmpty()) {
                return "the masks of run " + record.runId() + ", epoch " + theirs + ", are kept no more";
            }
            run.replays(new Replayed(which, theirs, masks.get()));
        }
        return "";
    }

    private static MaskRecords.Masks masks(RunState run) {
        return Objects.requireNonNull(run.replayed(), "they were looked up").masks();
    }

    private static EpochMask.Builder infoBatch(RunState run, Policy policy, int epoch, EpochMask.Builder mask) {
        int examples = run.examples();
        InfoBatch.Choice choice = new InfoBatch(policy.keep())
                .choose(run.opened.getSeed(), epoch, examples, index -> run.lastLosses()
                        .of(index));
        mask.setKeptCount(choice.kept().cardinality());
        if (choice.weighted().isEmpty()) {
            return mask;
        }
        return mask.setKept(bits(choice.kept(), examples))
                .setWeighted(bits(choice.weighted(), examples))
                .setWeight(choice.weight());
    }

    private static EpochMask.Builder rePB(RunState run, Policy policy, int epoch, EpochMask.Builder mask) {
        int examples = run.examples();
        BitSet kept =
                new RePB(policy.keep()).choose(run.opened.getSeed(), epoch, examples, run.lastLosses()::isBelowMean);
        mask.setKeptCount(kept.cardinality());
        return kept.cardinality() == examples ? mask : mask.setKept(bits(kept, examples));
    }

    /** Weights of a batch's selected examples, in order; none where all are 1. */
    private static List<Float> weights(RunState run, Policy policy, int epoch, int[] indices, BitSet selected) {
        if (policy.kind() != Policy.Kind.REPB) {
            return List.of();
        }
        List<Float> weights = selected.stream()
                .mapToObj(place -> RePB.weight(epoch, run.timesSelected().of(indices[place])))
                .toList();
        return weights.stream().allMatch(weight -> weight == 1) ? List.of() : weights;
    }

    /** Why the run's losses cannot take so many bytes, in words; empty if there is room for them, which is theirs now. */
    private String makeRoom(RunState run, long lossBytes) {
        if (lossBytes <= run.lossBytes()) {
            return "";
        }
        String refusal = room.forLosses(lossBytes - run.lossBytes());
        if (refusal.isEmpty()) {
            run.grantLossBytes(lossBytes);
        } else {
            run.lackRoom();
        }
        return refusal;
    }

    private static MaskMessage refused(MaskMessage.Builder answer, int epoch, String reason) {
        return answer.setRefused(Refused.newBuilder().setEpoch(epoch).setReason(reason))
                .build();
    }

    /** The answers to a batch, and those that it lets go of its partner. */
    private List<MaskMessage> announced(String runId, RunState run, BatchLosses batch) throws PoisonException {
        // What is poison leaves no policy behind.
        ReportedLosses losses = reported(run, batch);
        boolean fromProxy = isFromProxy(run, batch);
        MaskMessage mask = fromProxy ? null : batch(run, batch, losses, answerTo(runId, run.attempt), null);
        run.pairing().announced(batch);
        List<MaskMessage> due = new ArrayList<>();
        RunState partner = runs.get(run.opened.getProxyOf());
        if (fromProxy) {
            run.pairing().await(batch);
            due.addAll(fromProxy(runId, run));
        } else if (mask != null
                && mask.hasBatchMask()
                && partner != null
                && !partner.pairing().hasAnnounced(Pairing.place(batch.getEpoch(), batch.getBatch()))) {
            run.pairing().withhold(mask);
        } else if (mask != null) {
            due.add(mask);
        }
        due.addAll(letGoAndGive(run));
        return due;
    }

    /** What its partner may have now that the run has come so far: a proxy its answers, the run of a proxy its masks. */
    private List<MaskMessage> letGoAndGive(RunState run) {
        RunState proxy = runs.get(run.opened.getProxy());
        if (proxy != null) {
            return proxy.pairing().letGo(run.pairing());
        }
        RunState partner = runs.get(run.opened.getProxyOf());
        return partner == null ? List.of() : fromProxy(run.opened.getProxyOf(), partner);
    }

    /** Whether its mask is the proxy's. */
    private boolean isFromProxy(RunState run, BatchLosses batch) throws PoisonException {
        Policy policy = run.policy(batch.getRevision(), batch.hasPolicy() ? spec(batch.getPolicy()) : null);
        return policy.proxy() != null && !batch.getWhole();
    }

    private ReportedLosses reported(RunState run, BatchLosses batch) throws PoisonException {
        return ReportedLosses.of(batch.getIndicesList(), batch.getLossesList(), run.examples(), config.largestBatch());
    }

    /** The answers to those of its batches that wait, in order, as far as its proxy has come. */
    private List<MaskMessage> fromProxy(String runId, RunState run) {
        List<MaskMessage> due = new ArrayList<>();
        Deque<BatchLosses> waiting = run.pairing().waiting();
        while (!waiting.isEmpty()) {
            BatchLosses batch = waiting.element();
            ProxyMasks masks = proxyMasks(runId, run, batch);
            if (masks instanceof ProxyMasks.NotYet) {
                break;
            }
            waiting.remove();
            MaskMessage.Builder answer = answerTo(runId, run.attempt);
            if (masks instanceof ProxyMasks.Never never) {
                due.add(refused(answer, batch.getEpoch(), never.reason()));
                continue;
            }
            try {
                due.add(batch(run, batch, reported(run, batch), answer, ((ProxyMasks.Given) masks).selected()));
            } catch (PoisonException impossible) {
                throw new IllegalStateException("it was checked when it came", impossible);
            }
        }
        return due;
    }

    /** What a proxy has selected of the epoch of a batch. */
    private sealed interface ProxyMasks {
        /** By index: the batch's examples are in it. */
        record Given(BitSet selected) implements ProxyMasks {}

        /** It has not come so far. */
        record NotYet() implements ProxyMasks {}

        /** Why there will be none, in words. */
        record Never(String reason) implements ProxyMasks {}
    }

    private ProxyMasks proxyMasks(String runId, RunState run, BatchLosses batch) {
        String id = run.opened.getProxy();
        RunState proxy = runs.get(id);
        int epoch = batch.getEpoch();
        if (proxy == null) {
            String checksum = run.opened.getDataset().getChecksum();
            return sources.record(id, run.examples(), checksum) instanceof MaskRecords.Found.Whole
                    ? recorded(run, id, epoch)
                    : new ProxyMasks.NotYet();
        }
        AttemptOpened theirs = proxy.opened;
        if (!theirs.getProxyOf().equals(runId)
                || !theirs.getDataset().equals(run.opened.getDataset())
                || theirs.getSeed() != run.opened.getSeed()
                || theirs.getBatchSize() != run.opened.getBatchSize()
                || theirs.getEpochs() != run.opened.getEpochs()) {
            return new ProxyMasks.Never("run " + id
                    + " is no proxy of this run: another partner, dataset, seed, batch size" + " or number of epochs");
        }
        if (run.examples() > Recording.MOST_EXAMPLES) {
            return new ProxyMasks.Never("a training set of " + run.examples() + " examples, allowed is at most "
                    + Recording.MOST_EXAMPLES + " with a proxy");
        }
        if (!proxy.pairing().hasAnnounced(Pairing.place(epoch, batch.getBatch()))) {
            return new ProxyMasks.NotYet();
        }
        BitSet selected = proxy.recording().selected(epoch);
        return selected == null ? recorded(run, id, epoch) : new ProxyMasks.Given(selected);
    }

    /** Of an epoch that the proxy has left behind. */
    private ProxyMasks recorded(RunState run, String id, int epoch) {
        Replayed before = run.replayed();
        if (before == null || !before.of().equals(id) || before.epoch() != epoch) {
            Optional<MaskRecords.Masks> masks = sources.masks(id, epoch, run.examples());
            if (masks.isEmpty()) {
                return new ProxyMasks.Never("the masks of its proxy " + id + ", epoch " + epoch + ", are kept no more");
            }
            before = new Replayed(id, epoch, masks.get());
            run.replays(before);
        }
        return new ProxyMasks.Given(before.masks().selected());
    }

    /** @param fromProxy what its proxy selected of the epoch, by index; null where the mask is the run's own */
    private MaskMessage batch(
            RunState run,
            BatchLosses announced,
            ReportedLosses batch,
            MaskMessage.Builder answer,
            @Nullable BitSet fromProxy)
            throws PoisonException {
        Policy policy = run.policy(announced.getRevision(), announced.hasPolicy() ? spec(announced.getPolicy()) : null);
        String refusal = policy.unfitFor(Math.max(batch.size(), run.opened.getBatchSize()));
        if (refusal.isEmpty()) {
            refusal = makeRoom(run, batch.hasLosses() ? run.lossBytesUnder(policy) : RunState.countBytes(run.opened));
        }
        if (refusal.isEmpty() && policy.kind() == Policy.Kind.REPLAY && !announced.getWhole()) {
            refusal = lookUp(run, policy, announced.getEpoch());
        }
        if (!refusal.isEmpty()) {
            return refused(answer, announced.getEpoch(), refusal);
        }
        BitSet selected =
                fromProxy == null ? select(run, policy, announced, batch) : Replay.select(batch.indices(), fromProxy);
        run.recording().judged(announced.getEpoch(), announced.getBatch(), policy, batch.indices(), selected);
        selected.stream().forEach(place -> run.timesSelected().count(batch.indices()[place]));
        run.figures()
                .judged(new LastBatch(
                        announced.getEpoch(),
                        announced.getBatch(),
                        announced.getRevision(),
                        policy,
                        batch.indices(),
                        batch.losses(),
                        selected));
        if (!replaying) {
            meters.judged(policy.kind().label(), batch.losses(), selected, batch.size());
        }
        return answer.setBatchMask(BatchMask.newBuilder()
                        .setEpoch(announced.getEpoch())
                        .setBatch(announced.getBatch())
                        .setRevision(announced.getRevision())
                        .setSelected(bits(selected, batch.size()))
                        .setSelectedCount(selected.cardinality())
                        .addAllWeights(weights(run, policy, announced.getEpoch(), batch.indices(), selected)))
                .build();
    }

    private static BitSet select(RunState run, Policy policy, BatchLosses announced, ReportedLosses batch) {
        boolean wantsLosses = BatchRule.of(policy).wantsLosses();
        int[] all = IntStream.range(0, batch.size()).toArray();
        if (batch.hasLosses()) {
            run.lastLosses().note(batch.indices(), batch.losses());
        }
        if (announced.getWhole()) {
            run.history(policy).append(batch.losses());
            return places(all);
        }
        if (policy.kind() == Policy.Kind.REPLAY) {
            return Replay.select(batch.indices(), masks(run).selected());
        }
        if (batch.hasLosses() || !wantsLosses) {
            return judged(run, policy, announced, all, batch.losses());
        }
        // A trainer that goes on alone after a time-out announces no losses, and trains such batches whole.
        return policy.lossesEvery() == 1 ? places(all) : stale(run, policy, announced, batch);
    }

    /** Judges by the losses of an earlier epoch; what has none is selected. */
    private static BitSet stale(RunState run, Policy policy, BatchLosses announced, ReportedLosses batch) {
        float[] last = run.lastLosses().of(batch.indices());
        int[] known = IntStream.range(0, last.length)
                .filter(place -> !Float.isNaN(last[place]))
                .toArray();
        float[] losses = new float[known.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = last[known[i]];
        }
        BitSet selected = known.length == 0 ? new BitSet() : judged(run, policy, announced, known, losses);
        IntStream.range(0, last.length)
                .filter(place -> Float.isNaN(last[place]))
                .forEach(selected::set);
        return selected;
    }

    /** What the policy's rule selects of these places, 1 or more, by their losses if it wants any. */
    private static BitSet judged(RunState run, Policy policy, BatchLosses announced, int[] places, float[] losses) {
        Batch batch =
                new Batch(run.opened.getSeed(), announced.getEpoch(), announced.getBatch(), places.length, losses);
        int[] chosen = BatchRule.of(policy).select(batch, run.history(policy));
        return places(Arrays.stream(chosen).map(i -> places[i]).toArray());
    }

    private static BitSet places(int[] places) {
        BitSet bits = new BitSet();
        for (int place : places) {
            bits.set(place);
        }
        return bits;
    }

    private void trained(RunState run, TrainedLosses reported) throws PoisonException {
        ReportedLosses step = ReportedLosses.of(
                reported.getIndicesList(), reported.getLossesList(), run.examples(), config.largestBatch());
        if (!step.hasLosses()) {
            throw new PoisonException("a step of " + step.size() + " examples without losses");
        }
        String refusal = makeRoom(run, run.lastLossBytes());
        if (!refusal.isEmpty()) {
            throw new PoisonException(refusal);
        }
        run.lastLosses().note(step.indices(), step.losses(), RePB.belowMean(step.losses()));
    }

    /** Bit i is byte i / 8, 1 << i % 8; as many bytes as n bits need. */
    private static ByteString bits(BitSet set, int n) {
        return ByteString.copyFrom(Arrays.copyOf(set.toByteArray(), (n + 7) / 8));
    }

    private static Policy spec(org.dietsb.selector.wire.Policy wire) throws PoisonException {
        try {
            return PolicyWire.fromWire(wire);
        } catch (IllegalArgumentException unknown) {
            throw new PoisonException(String.valueOf(unknown.getMessage()));
        }
    }
}
