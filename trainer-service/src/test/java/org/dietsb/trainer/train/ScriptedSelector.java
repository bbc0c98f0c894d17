package org.dietsb.trainer.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.jspecify.annotations.Nullable;

/** Replaces the selector and the connection to it: receives announcements and answers them by a script. */
final class ScriptedSelector implements LossLog {

    /** Returns the answers; null = no answer. */
    interface Script {
        @Nullable
        Answer toBatch(Announcement batch);

        default @Nullable Answer toStateRequest(int epoch, int batch) {
            return new Answer.StatePart(
                    epoch,
                    batch,
                    0,
                    1,
                    1,
                    new float[0],
                    0,
                    new float[0],
                    0,
                    new int[0],
                    new byte[0],
                    Answer.StatePart.OfPolicy.NOTHING);
        }

        default @Nullable Answer toEpoch(int epoch, long revision) {
            return new Answer.EpochMask(epoch, revision, null);
        }

        /** The same with the full message. */
        default @Nullable Answer toEpoch(Opening opening) {
            return toEpoch(opening.epoch(), opening.revision());
        }

        /** Receives a message that requires no answer. */
        default void heard(Step step) {}

        /** Receives its state back. */
        default void restored(Answer.SelectorState state) {}
    }

    /** Answers arrive before the announcement returns. */
    static final Executor AT_ONCE = Runnable::run;

    /** Selects the higher half by loss, the lower place first among equals; all without losses or if the batch is whole. */
    static final Script HIGHER_HALF = batch -> {
        float[] losses = batch.losses();
        if (losses == null || batch.whole()) {
            return whole(batch);
        }
        int[] places = IntStream.range(0, losses.length)
                .boxed()
                .sorted((a, b) -> Float.compare(losses[b], losses[a]))
                .limit((losses.length + 1) / 2)
                .mapToInt(place -> place)
                .sorted()
                .toArray();
        return select(batch, places);
    };

    /** Selects the first examples of each batch, whatever their losses. */
    static Script first(int many) {
        return batch -> select(
                batch,
                IntStream.range(0, Math.min(many, batch.indices().length)).toArray());
    }

    static Answer.BatchMask whole(Announcement batch) {
        return Answer.BatchMask.whole(batch.epoch(), batch.batch(), batch.revision(), batch.indices().length);
    }

    static Answer.BatchMask select(Announcement batch, int... places) {
        return new Answer.BatchMask(batch.epoch(), batch.batch(), batch.revision(), places, null);
    }

    /** The opening of an epoch, with the policy in its message, if any. */
    record Opening(int epoch, long revision, @Nullable Policy policy, boolean whole) {}

    /** A step whose losses were reported. */
    record Step(int epoch, int[] indices, float[] losses, byte[] correct) {}

    final List<Opening> openings = new ArrayList<>();
    final List<Announcement> announcements = new ArrayList<>();
    /** Announcements that came together. */
    final List<List<Announcement>> spans = new ArrayList<>();

    final List<Answer.SelectorState> given = new ArrayList<>();
    final List<Step> steps = new ArrayList<>();
    /** Time-outs reported with each announcement. */
    final List<List<TimedOutBatch>> timedOut = new ArrayList<>();

    private final List<TimedOutBatch> untold = new ArrayList<>();
    private final Script script;
    private final Executor courier;
    private final MaskInbox inbox;
    private final Consumer<String> heard;

    /** The courier delivers the answers; the listener gets the name of each message, e.g. {@code announce 1/0}. */
    ScriptedSelector(Script script, Executor courier, MaskInbox inbox, Consumer<String> heard) {
        this.script = script;
        this.courier = courier;
        this.inbox = inbox;
        this.heard = heard;
    }

    @Override
    public void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole) {
        Opening opening = new Opening(epoch, revision, policy, whole);
        openings.add(opening);
        heard.accept("open " + epoch);
        send(script.toEpoch(opening));
    }

    @Override
    public void requestState(int epoch, int batch) {
        heard.accept("state " + epoch + "/" + batch);
        Answer state = script.toStateRequest(epoch, batch);
        if (state instanceof Answer.SelectorState whole) {
            whole.parts().forEach(this::send);
        } else {
            send(state);
        }
    }

    @Override
    public void giveState(Answer.SelectorState state) {
        given.add(state);
        script.restored(state);
        heard.accept("given");
    }

    @Override
    public void announce(Announcement announcement) {
        announcements.add(announcement);
        timedOut.add(List.copyOf(untold));
        untold.clear();
        heard.accept("announce " + announcement.epoch() + "/" + announcement.batch());
        send(script.toBatch(announcement));
    }

    @Override
    public void announceSpan(List<Announcement> span) {
        heard.accept("span of " + span.size());
        spans.add(span);
        LossLog.super.announceSpan(span);
    }

    private void send(@Nullable Answer answer) {
        if (answer != null) {
            courier.execute(() -> inbox.offer(answer));
        }
    }

    @Override
    public void trained(int epoch, int[] indices, PassLosses pass) {
        Step step = new Step(epoch, indices, pass.losses(), pass.correct());
        steps.add(step);
        script.heard(step);
    }

    @Override
    public void timedOut(TimedOutBatch batch) {
        untold.add(batch);
    }

    @Override
    public void close(String reason) {
        heard.accept("close");
    }

    /** Returns every index announced in an epoch, ascending, as often as it was announced. */
    int[] announced(int epoch) {
        return announcements.stream()
                .filter(batch -> batch.epoch() == epoch)
                .flatMapToInt(batch -> Arrays.stream(batch.indices()))
                .sorted()
                .toArray();
    }
}
