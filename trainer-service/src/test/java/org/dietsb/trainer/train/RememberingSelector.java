package org.dietsb.trainer.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/**
 * A script whose answers depend on all earlier losses, like those of the selector: percentile selection, infobatch, bls, ies and a diet
 * by scores, in their simplest form. It knows only the policies that it received and the state that was given back to it.
 */
final class RememberingSelector implements ScriptedSelector.Script {
    private static final int HISTORY = 100;
    /** Number of losses by which ies judges. */
    private static final int RECENT = 2;

    private final Map<Long, Policy> policies = new HashMap<>();
    private final float[] lastLosses = new float[TestRun.EXAMPLES];
    private float[] history = {};
    private double smoothing;
    /** The last losses of each example, the oldest first; empty before the first epoch under ies. */
    private float[] recentLosses = {};

    RememberingSelector() {
        Arrays.fill(lastLosses, Float.NaN);
    }

    @Override
    public Answer toEpoch(ScriptedSelector.Opening opening) {
        Policy policy = policy(opening.revision(), opening.policy());
        int[] all = IntStream.range(0, TestRun.EXAMPLES).toArray();
        smoothing = policy.kind() == PolicyKind.BLS ? policy.number(Parameter.SMOOTHING) : 0;
        if (policy.kind() == PolicyKind.IES) {
            if (recentLosses.length == 0) {
                recentLosses = new float[RECENT * TestRun.EXAMPLES];
                Arrays.fill(recentLosses, Float.NaN);
            }
            // What has changed by a tenth, and what is not known yet.
            int[] moving = IntStream.of(all)
                    .filter(i -> !(Math.abs(recentLosses[RECENT * i + 1] - recentLosses[RECENT * i]) < .1))
                    .toArray();
            return new Answer.EpochMask(opening.epoch(), opening.revision(), moving);
        }
        if ((policy.kind() == PolicyKind.INFOBATCH || policy.kind() == PolicyKind.BLS) && !opening.whole()) {
            double mean = IntStream.of(all)
                    .mapToDouble(i -> lastLosses[i])
                    .filter(loss -> loss >= 0)
                    .average()
                    .orElse(0);
            int[] kept = IntStream.of(all)
                    .filter(i -> !(lastLosses[i] < mean) || i % 2 == opening.epoch() % 2)
                    .toArray();
            float[] weights = new float[kept.length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = lastLosses[kept[i]] < mean ? 2 : 1;
            }
            return new Answer.EpochMask(opening.epoch(), opening.revision(), kept, weights);
        }
        String scoreSet = policy.scoreSet();
        int[] left = scoreSet == null
                ? all
                : IntStream.of(all)
                        .filter(i -> Math.floorMod((scoreSet + i).hashCode(), 100) >= 100 * policy.prePruned())
                        .toArray();
        return new Answer.EpochMask(opening.epoch(), opening.revision(), left);
    }

    @Override
    public @Nullable Answer toBatch(Announcement batch) {
        Policy policy = policy(batch.revision(), batch.policy());
        float[] losses = batch.losses();
        if (losses == null || batch.whole()) {
            return ScriptedSelector.whole(batch);
        }
        note(batch.indices(), losses);
        if (policy.rule() == Policy.Rule.RANK) {
            return ScriptedSelector.HIGHER_HALF.toBatch(batch);
        }
        float[] seen = Arrays.copyOf(history, history.length + losses.length);
        System.arraycopy(losses, 0, seen, history.length, losses.length);
        history = Arrays.copyOfRange(seen, Math.max(0, seen.length - HISTORY), seen.length);
        float[] sorted = history.clone();
        Arrays.sort(sorted);
        float bar = sorted[(int) ((1 - policy.keep()) * sorted.length)];
        return ScriptedSelector.select(
                batch,
                IntStream.range(0, losses.length).filter(i -> losses[i] >= bar).toArray());
    }

    @Override
    public void heard(ScriptedSelector.Step step) {
        int[] indices = step.indices();
        for (int i = 0; recentLosses.length > 0 && i < indices.length; i++) {
            recentLosses[RECENT * indices[i]] = recentLosses[RECENT * indices[i] + 1];
            recentLosses[RECENT * indices[i] + 1] = step.losses()[i];
        }
        if (smoothing == 0) {
            note(indices, step.losses());
            return;
        }
        double sum = 0;
        for (float loss : step.losses()) {
            sum += loss;
        }
        for (int index : indices) {
            double before = Float.isNaN(lastLosses[index]) ? 0 : lastLosses[index];
            lastLosses[index] = (float) (smoothing * before + (1 - smoothing) * sum / indices.length);
        }
    }

    private void note(int[] indices, float[] losses) {
        for (int i = 0; i < indices.length; i++) {
            lastLosses[indices[i]] = losses[i];
        }
    }

    private Policy policy(long revision, @Nullable Policy told) {
        if (told != null) {
            policies.put(revision, told);
        }
        return Objects.requireNonNull(
                policies.get(revision), "the policy of a revision is sent with its first message");
    }

    /** Sends its state in two parts, each with half of the losses. */
    @Override
    public Answer toStateRequest(int epoch, int batch) {
        int half = history.length / 2;
        int middle = lastLosses.length / 2;
        return new Answer.SelectorState(List.of(
                new Answer.StatePart(
                        epoch,
                        batch,
                        0,
                        2,
                        HISTORY,
                        Arrays.copyOf(history, half),
                        0,
                        Arrays.copyOf(lastLosses, middle),
                        0,
                        new int[0],
                        new byte[0],
                        ofPolicy(0, middle)),
                new Answer.StatePart(
                        epoch,
                        batch,
                        1,
                        2,
                        HISTORY,
                        Arrays.copyOfRange(history, half, history.length),
                        middle,
                        Arrays.copyOfRange(lastLosses, middle, lastLosses.length),
                        0,
                        new int[0],
                        new byte[0],
                        ofPolicy(middle, lastLosses.length))));
    }

    /** Returns what bls and ies need of the examples [first, end). */
    private Answer.StatePart.OfPolicy ofPolicy(int first, int end) {
        boolean recent = recentLosses.length > 0;
        return new Answer.StatePart.OfPolicy(
                smoothing,
                recent ? RECENT : 0,
                recent ? first : 0,
                recent ? Arrays.copyOfRange(recentLosses, RECENT * first, RECENT * end) : new float[0]);
    }

    @Override
    public void restored(Answer.SelectorState state) {
        policies.clear();
        history = new float[0];
        for (Answer.StatePart part : state.parts()) {
            int before = history.length;
            history = Arrays.copyOf(history, before + part.history().length);
            System.arraycopy(part.history(), 0, history, before, part.history().length);
            System.arraycopy(part.lastLosses(), 0, lastLosses, part.firstIndex(), part.lastLosses().length);
            Answer.StatePart.OfPolicy more = part.more();
            smoothing = more.smoothing();
            if (more.recentSize() > 0 && recentLosses.length == 0) {
                recentLosses = new float[RECENT * TestRun.EXAMPLES];
            }
            System.arraycopy(
                    more.recentLosses(),
                    0,
                    recentLosses,
                    more.recentSize() * more.firstRecent(),
                    more.recentLosses().length);
        }
    }
}
