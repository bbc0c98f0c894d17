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
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.jspecify.annotations.Nullable;

/** Stands where the selector and the way to it are: hears what is announced and answers it by a script. */
final class ScriptedSelector implements LossLog {

    /** What is answered; null = nothing, ever. */
    interface Script {
        @Nullable
        Answer toBatch(Announcement batch);

        default @Nullable Answer toStateRequest(int epoch, int batch) {
            return new Answer.StatePart(epoch, batch, 0, 1, 1, new float[0], 0, new float[0], 0, new int[0]);
        }

        default @Nullable Answer toEpoch(int epoch, long revision) {
            return new Answer.EpochMask(epoch, revision, null);
        }

        /** The same with all that the message says. */
        default @Nullable Answer toEpoch(Opening opening) {
            return toEpoch(opening.epoch(), opening.revision());
        }

        /** Hears what it is not asked. */
        default void heard(Step step) {}

        /** Its state is given back. */
        default void restored(Answer.SelectorState state) {}
    }

    /** Answers come before the announcement returns. */
    static final Executor AT_ONCE = Runnable::run;

    /** The higher half by loss, the lower place first among equals; all where no losses came or all are wanted. */
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

    /** The first so many of each batch, whatever their losses. */
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

    /** Where an epoch is opened: the policy that its message carried, if one did. */
    record Opening(int epoch, long revision, @Nullable Policy policy, boolean whole) {}

    /** A step whose losses were reported. */
    record Step(int epoch, int[] indices, float[] losses) {}

    final List<Opening> openings = new ArrayList<>();
    final List<Announcement> announcements = new ArrayList<>();
    final List<Answer.SelectorState> given = new ArrayList<>();
    final List<Step> steps = new ArrayList<>();
    /** What had timed out when each batch was announced, since the batch before. */
    final List<List<TimedOutBatch>> timedOut = new ArrayList<>();

    private final List<TimedOutBatch> untold = new ArrayList<>();
    private final Script script;
    private final Executor courier;
    private final MaskInbox inbox;
    private final Consumer<String> heard;

    /** Every answer travels by the courier; whoever listens hears each message by its name, e.g. {@code announce 1/0}. */
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

    private void send(@Nullable Answer answer) {
        if (answer != null) {
            courier.execute(() -> inbox.offer(answer));
        }
    }

    @Override
    public void trained(int epoch, int[] indices, float[] losses) {
        Step step = new Step(epoch, indices, losses);
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

    /** Every index announced in this epoch, ascending, as often as it was. */
    int[] announced(int epoch) {
        return announcements.stream()
                .filter(batch -> batch.epoch() == epoch)
                .flatMapToInt(batch -> Arrays.stream(batch.indices()))
                .sorted()
                .toArray();
    }
}
