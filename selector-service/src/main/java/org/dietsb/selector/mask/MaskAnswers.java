package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.InfoBatch;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.swap.PolicyWire;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.Unknown;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;

/** Answers the messages of one partition of batch-losses, in order. A function of these and of the score sets. One thread. */
final class MaskAnswers {
    private static final Pattern RUN_ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");
    private static final Closed NEVER_CLOSED = new Closed(-1, 0);

    private final Function<String, ScoreSets.Found> scoreSets;
    private final SelectorConfig config;
    private final Room room;
    private final SelectorMeters meters;
    private final Map<String, RunState> runs = new HashMap<>();
    /** Runs that are over, the latest: a trainer that missed this is fenced, not told to open a new attempt. */
    private final Map<String, Closed> closed;

    private record Closed(long attempt, long atMillis) {}

    MaskAnswers(Function<String, ScoreSets.Found> scoreSets, SelectorConfig config, Room room, SelectorMeters meters) {
        this.scoreSets = scoreSets;
        this.config = config;
        this.room = room;
        this.meters = meters;
        this.closed = new Latest<>(config.mostRuns());
    }

    int runs() {
        return runs.size();
    }

    /** Bytes that the losses of its runs may take. */
    long lossBytes() {
        return runs.values().stream().mapToLong(RunState::lossBytes).sum();
    }

    /** Forgets runs that have said nothing for too long. */
    void forget(long nowMillis) {
        long since = nowMillis - config.forgetAfter().toMillis();
        runs.values().removeIf(run -> run.lastHeardMillis < since);
        closed.values().removeIf(run -> run.atMillis < since);
    }

    /** The answer, or null where none is due. */
    @Nullable
    MaskMessage answer(LossMessage message, long offset, long nowMillis) throws PoisonException {
        String runId = message.getRunId();
        if (!RUN_ID.matcher(runId).matches()) {
            throw new PoisonException("run id is '" + runId + "', allowed is " + RUN_ID);
        }
        if (message.getEventCase() == LossMessage.EventCase.EVENT_NOT_SET) {
            throw new PoisonException("a message without an event this version knows");
        }
        if (message.hasAttemptOpened()) {
            open(runId, message.getAttemptOpened(), offset, nowMillis);
            return null;
        }
        RunState run = runs.get(runId);
        MaskMessage.Builder answer = MaskMessage.newBuilder().setRunId(runId).setAttempt(message.getAttempt());
        long highest = run == null ? closed.getOrDefault(runId, NEVER_CLOSED).attempt : run.attempt;
        if (message.getAttempt() < highest) {
            meters.fenced();
            return answer.setFenced(Fenced.newBuilder().setByAttempt(highest)).build();
        }
        if (run == null || message.getAttempt() > run.attempt) {
            return unknown(run, message, answer);
        }
        run.lastHeardMillis = nowMillis;
        return switch (message.getEventCase()) {
            case EPOCH_OPENED -> epoch(run, message.getEpochOpened(), answer);
            case BATCH_LOSSES -> batch(run, message.getBatchLosses(), answer);
            case TRAINED_LOSSES -> {
                trained(run, message.getTrainedLosses());
                yield null;
            }
            case ATTEMPT_CLOSED -> {
                runs.remove(runId);
                closed.put(runId, new Closed(run.attempt, nowMillis));
                yield null;
            }
            case STATE_REQUESTED, STATE_GIVEN -> throw new PoisonException("a selector that keeps no state");
            case ATTEMPT_OPENED, EVENT_NOT_SET -> throw new IllegalStateException("was dealt with above");
        };
    }

    /** The answer to an attempt that is not held; null where none is due. */
    private @Nullable MaskMessage unknown(@Nullable RunState held, LossMessage message, MaskMessage.Builder answer) {
        String full = held == null && message.hasEpochOpened() ? room.forRun() : "";
        if (!full.isEmpty()) {
            return refused(answer, message.getEpochOpened().getEpoch(), full);
        }
        return message.hasAttemptClosed()
                ? null
                : answer.setUnknown(Unknown.getDefaultInstance()).build();
    }

    private void open(String runId, AttemptOpened opened, long offset, long nowMillis) throws PoisonException {
        int examples = opened.getDataset().getCount();
        if (examples < 1 || examples > config.largestDataset()) {
            throw new PoisonException("a training set of " + Integer.toUnsignedString(examples)
                    + " examples, allowed is [1, " + config.largestDataset() + "]");
        }
        RunState run = runs.get(runId);
        if (run == null ? room.forRun().isEmpty() : offset > run.attempt) {
            runs.put(runId, new RunState(offset, opened, nowMillis));
            closed.remove(runId);
        }
    }

    private MaskMessage epoch(RunState run, EpochOpened opened, MaskMessage.Builder answer) throws PoisonException {
        PolicySpec policy = run.policy(opened.getRevision(), opened.hasPolicy() ? spec(opened.getPolicy()) : null);
        String refusal = policy.unfitFor(run.opened.getBatchSize());
        boolean infoBatch = policy.kind() == PolicySpec.Kind.INFOBATCH;
        if (refusal.isEmpty() && (infoBatch || policy.kind().byLoss())) {
            refusal = makeRoom(run, run.lossBytesUnder(policy));
        }
        int examples = run.examples();
        if (refusal.isEmpty() && (infoBatch || policy.prePruned() > 0)) {
            refusal = room.forChoosingAmong(examples);
        }
        if (!refusal.isEmpty()) {
            return refused(answer, opened.getEpoch(), refusal);
        }
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(opened.getEpoch()).setRevision(opened.getRevision());
        if (infoBatch && !opened.getWhole()) {
            return answer.setEpochMask(infoBatch(run, policy, opened.getEpoch(), mask))
                    .build();
        }
        if (!policy.kind().hasDiet() || policy.prePruned() == 0) {
            return answer.setEpochMask(mask.setKeptCount(examples)).build();
        }
        ScoreSet scores = null;
        String scoreSet = policy.scoreSet();
        if (scoreSet != null) {
            ScoreSets.Found found = scoreSets.apply(scoreSet);
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
        meters.dieted(examples - kept.cardinality());
        return answer.setEpochMask(mask.setKept(bits(kept, examples)).setKeptCount(kept.cardinality()))
                .build();
    }

    private static EpochMask.Builder infoBatch(RunState run, PolicySpec policy, int epoch, EpochMask.Builder mask) {
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

    /** Why the run's losses cannot take so many bytes, in words; empty if there is room for them, which is theirs now. */
    private String makeRoom(RunState run, long lossBytes) {
        if (lossBytes <= run.lossBytes()) {
            return "";
        }
        String refusal = room.forLosses(lossBytes - run.lossBytes());
        if (refusal.isEmpty()) {
            run.grantLossBytes(lossBytes);
        }
        return refusal;
    }

    private static MaskMessage refused(MaskMessage.Builder answer, int epoch, String reason) {
        return answer.setRefused(Refused.newBuilder().setEpoch(epoch).setReason(reason))
                .build();
    }

    private MaskMessage batch(RunState run, BatchLosses announced, MaskMessage.Builder answer) throws PoisonException {
        ReportedLosses batch = ReportedLosses.of(
                announced.getIndicesList(), announced.getLossesList(), run.examples(), config.largestBatch());
        PolicySpec policy =
                run.policy(announced.getRevision(), announced.hasPolicy() ? spec(announced.getPolicy()) : null);
        String refusal = policy.unfitFor(Math.max(batch.size(), run.opened.getBatchSize()));
        if (refusal.isEmpty() && batch.hasLosses()) {
            refusal = makeRoom(run, run.lossBytesUnder(policy));
        }
        if (!refusal.isEmpty()) {
            return refused(answer, announced.getEpoch(), refusal);
        }
        BitSet selected = select(run, policy, announced, batch);
        meters.judged(policy.kind().label(), batch.losses(), selected.cardinality(), batch.size());
        return answer.setBatchMask(BatchMask.newBuilder()
                        .setEpoch(announced.getEpoch())
                        .setBatch(announced.getBatch())
                        .setRevision(announced.getRevision())
                        .setSelected(bits(selected, batch.size()))
                        .setSelectedCount(selected.cardinality()))
                .build();
    }

    private static BitSet select(RunState run, PolicySpec policy, BatchLosses announced, ReportedLosses batch) {
        boolean wantsLosses = policy.batchRule().wantsLosses();
        int[] all = IntStream.range(0, batch.size()).toArray();
        if (batch.hasLosses()) {
            run.lastLosses().note(batch.indices(), batch.losses());
        }
        if (announced.getWhole()) {
            run.history(policy).append(batch.losses());
            return places(all);
        }
        if (batch.hasLosses() || !wantsLosses) {
            return judged(run, policy, announced, all, batch.losses());
        }
        // A trainer that goes on alone after a time-out announces no losses, and trains such batches whole.
        return policy.lossesEvery() == 1 ? places(all) : stale(run, policy, announced, batch);
    }

    /** Judges by the losses of an earlier epoch; what has none is selected. */
    private static BitSet stale(RunState run, PolicySpec policy, BatchLosses announced, ReportedLosses batch) {
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
    private static BitSet judged(RunState run, PolicySpec policy, BatchLosses announced, int[] places, float[] losses) {
        Batch batch =
                new Batch(run.opened.getSeed(), announced.getEpoch(), announced.getBatch(), places.length, losses);
        int[] chosen = policy.batchRule().select(batch, run.history(policy));
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
        String refusal = makeRoom(run, run.lastLossBytes());
        if (!refusal.isEmpty()) {
            throw new PoisonException(refusal);
        }
        run.lastLosses().note(step.indices(), step.losses());
    }

    /** Bit i is byte i / 8, 1 << i % 8; as many bytes as n bits need. */
    private static ByteString bits(BitSet set, int n) {
        return ByteString.copyFrom(Arrays.copyOf(set.toByteArray(), (n + 7) / 8));
    }

    private static PolicySpec spec(Policy wire) throws PoisonException {
        try {
            return PolicyWire.fromWire(wire);
        } catch (IllegalArgumentException unknown) {
            throw new PoisonException(String.valueOf(unknown.getMessage()));
        }
    }
}
