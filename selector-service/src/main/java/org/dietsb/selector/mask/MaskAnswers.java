package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
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
import org.jspecify.annotations.Nullable;

/** Answers the messages of one partition of batch-losses, in order. A function of these and of the score sets. One thread. */
final class MaskAnswers {
    private static final Pattern RUN_ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");
    private static final Closed NEVER_CLOSED = new Closed(-1, 0);

    private final ScoreSets scoreSets;
    private final SelectorConfig config;
    private final SelectorMeters meters;
    private final Map<String, RunState> runs = new HashMap<>();
    /** Runs that are over: a trainer that missed this is fenced, not told to open a new attempt. */
    private final Map<String, Closed> closed = new HashMap<>();

    private record Closed(long attempt, long atMillis) {}

    MaskAnswers(ScoreSets scoreSets, SelectorConfig config, SelectorMeters meters) {
        this.scoreSets = scoreSets;
        this.config = config;
        this.meters = meters;
    }

    int runs() {
        return runs.size();
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
            return message.hasAttemptClosed()
                    ? null
                    : answer.setUnknown(Unknown.getDefaultInstance()).build();
        }
        run.lastHeardMillis = nowMillis;
        return switch (message.getEventCase()) {
            case EPOCH_OPENED -> epoch(run, message.getEpochOpened(), answer);
            case BATCH_LOSSES -> batch(run, message.getBatchLosses(), answer);
            case ATTEMPT_CLOSED -> {
                runs.remove(runId);
                closed.put(runId, new Closed(run.attempt, nowMillis));
                yield null;
            }
            case ATTEMPT_OPENED, EVENT_NOT_SET -> throw new IllegalStateException("was dealt with above");
        };
    }

    private void open(String runId, AttemptOpened opened, long offset, long nowMillis) throws PoisonException {
        int examples = opened.getDataset().getCount();
        if (examples < 1 || examples > config.largestDataset()) {
            throw new PoisonException("a training set of " + Integer.toUnsignedString(examples)
                    + " examples, allowed is [1, " + config.largestDataset() + "]");
        }
        RunState run = runs.get(runId);
        if (run == null || offset > run.attempt) {
            runs.put(runId, new RunState(offset, opened, nowMillis));
            closed.remove(runId);
        }
    }

    private MaskMessage epoch(RunState run, EpochOpened opened, MaskMessage.Builder answer) throws PoisonException {
        PolicySpec policy = run.policy(opened.getRevision(), opened.hasPolicy() ? spec(opened.getPolicy()) : null);
        String refusal = policy.unfitFor(run.opened.getBatchSize());
        if (!refusal.isEmpty()) {
            return refused(answer, opened.getEpoch(), refusal);
        }
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(opened.getEpoch()).setRevision(opened.getRevision());
        int examples = run.opened.getDataset().getCount();
        if (!policy.kind().hasDiet() || policy.prePruned() == 0) {
            return answer.setEpochMask(mask.setKeptCount(examples)).build();
        }
        ScoreSet scores = null;
        String scoreSet = policy.scoreSet();
        if (scoreSet != null) {
            ScoreSets.Found found = scoreSets.find(scoreSet);
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

    private static MaskMessage refused(MaskMessage.Builder answer, int epoch, String reason) {
        return answer.setRefused(Refused.newBuilder().setEpoch(epoch).setReason(reason))
                .build();
    }

    private MaskMessage batch(RunState run, BatchLosses announced, MaskMessage.Builder answer) throws PoisonException {
        int size = announced.getIndicesCount();
        if (size == 0 || size > config.largestBatch()) {
            throw new PoisonException(
                    "a batch of " + size + " examples, allowed is [1, " + config.largestBatch() + "]");
        }
        if (announced.getLossesCount() != 0 && announced.getLossesCount() != size) {
            throw new PoisonException(announced.getLossesCount() + " losses for " + size + " examples");
        }
        for (int i = 0; i < size; i++) {
            int index = announced.getIndices(i);
            if (index < 0 || index >= run.opened.getDataset().getCount()) {
                throw new PoisonException("index is " + index + ", allowed is [0, "
                        + run.opened.getDataset().getCount() + ")");
            }
        }
        float[] losses = new float[announced.getLossesCount()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = announced.getLosses(i);
            if (!(losses[i] >= 0) || Float.isInfinite(losses[i])) {
                throw new PoisonException("loss " + i + " is " + losses[i] + ", allowed is 0 or more, and finite");
            }
        }
        PolicySpec policy =
                run.policy(announced.getRevision(), announced.hasPolicy() ? spec(announced.getPolicy()) : null);
        String refusal = policy.unfitFor(Math.max(size, run.opened.getBatchSize()));
        if (!refusal.isEmpty()) {
            return refused(answer, announced.getEpoch(), refusal);
        }
        int[] selected = select(run, policy, announced, size, losses);
        BitSet bits = new BitSet(size);
        for (int place : selected) {
            bits.set(place);
        }
        meters.judged(policy.kind().label(), losses, selected.length, size);
        return answer.setBatchMask(BatchMask.newBuilder()
                        .setEpoch(announced.getEpoch())
                        .setBatch(announced.getBatch())
                        .setRevision(announced.getRevision())
                        .setSelected(bits(bits, size))
                        .setSelectedCount(selected.length))
                .build();
    }

    private static int[] select(RunState run, PolicySpec policy, BatchLosses announced, int size, float[] losses) {
        BatchRule rule = policy.batchRule();
        LossHistory history = run.history(policy);
        Batch batch = new Batch(run.opened.getSeed(), announced.getEpoch(), announced.getBatch(), size, losses);
        // A trainer that goes on alone after a time-out announces no losses, and trains such batches whole.
        if (announced.getWhole() || !rule.wantsLosses() || losses.length == 0) {
            history.append(losses);
            return (rule.wantsLosses() || announced.getWhole() ? PolicySpec.BASELINE.batchRule() : rule)
                    .select(batch, history);
        }
        return rule.select(batch, history);
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
