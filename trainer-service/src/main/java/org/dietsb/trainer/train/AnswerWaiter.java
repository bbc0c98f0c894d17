package org.dietsb.trainer.train;

import static org.dietsb.trainer.metric.TrainingMeters.Stage.MASK_WAIT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.RandomStream;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Waits for the selector's answers, and decides what replaces a mask that times out. */
final class AnswerWaiter {
    private static final Logger LOG = Logger.getLogger(AnswerWaiter.class);
    /** Time after which a question is asked again, at most: longer than a selector takes to take over from another. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private final TrainingOrder order;
    private final BatchAnnouncer announcer;
    private final TrainingLoop.Exchange exchange;
    private final TrainingMeters meters;
    private final RandomStream timeouts;

    /** Whether a mask timed out and none has come since: then masks are used if they are there, and not waited for. */
    private boolean alone;

    private double lastKeep = 1;

    /** Masks of batches that were in flight at the barrier from which the attempt resumed, by batch. */
    private final Map<Integer, Answer.BatchMask> known = new HashMap<>();

    AnswerWaiter(TrainingOrder order, BatchAnnouncer announcer, TrainingLoop.Exchange exchange, TrainingMeters meters) {
        this.order = order;
        this.announcer = announcer;
        this.exchange = exchange;
        this.meters = meters;
        this.timeouts = RandomStream.of("timeout", order.seed());
    }

    /** Carries an answer that ends the attempt out of the loop. */
    static final class AttemptEnded extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Answer why;

        AttemptEnded(Answer why) {
            super(why.toString());
            this.why = why;
        }

        Answer why() {
            return why;
        }
    }

    boolean isAlone() {
        return alone;
    }

    /** Share of the last judged batch that was selected. */
    double lastKeep() {
        return lastKeep;
    }

    void restore(LoopState state) {
        lastKeep = state.lastKeep();
        LoopState.Running running = state.running();
        if (running != null) {
            running.inFlight().forEach(one -> known.put(one.mask().batch(), one.mask()));
        }
    }

    Answer.EpochMask epochMask(int epoch) throws InterruptedException, AttemptEnded {
        long started = System.nanoTime();
        Answer answer = exchange.inbox().awaitEpoch(epoch, askAgainAfter(), () -> {
            logWaiting("epoch " + epoch, started);
            announcer.openAgain(epoch);
        });
        if (answer instanceof Answer.EpochMask mask) {
            return mask;
        }
        throw new AttemptEnded(answer);
    }

    private void logWaiting(String what, long sinceNanos) {
        TrainingOrder proxy = order.proxy();
        LOG.warnf(
                "Run %s has waited %.0f s for the selector's answer to %s%s; it asks again",
                order.runId(),
                TrainingLoop.secondsSince(sinceNanos),
                what,
                proxy == null ? "" : ", which may wait for proxy " + proxy.runId());
    }

    /** Waits for the mask of a batch; returns its replacement on a time-out. */
    Answer.BatchMask batchMask(EpochTally tally, BatchAnnouncer.Announced announced)
            throws InterruptedException, AttemptEnded {
        BatchAnnouncer.Planned batch = announced.plan();
        Answer.BatchMask before = known.remove(batch.batch());
        Answer answer = before == null ? await(tally, announced) : before;
        int n = batch.indices().length;
        if (answer instanceof Answer.BatchMask mask) {
            alone = false;
            lastKeep = batch.whole() ? lastKeep : (double) mask.selected().length / n;
            return mask;
        }
        if (!(answer instanceof Answer.TimedOut)) {
            throw new AttemptEnded(answer);
        }
        alone = true;
        tally.maskTimeouts++;
        meters.maskTimedOut();
        exchange.log().timedOut(new TimedOutBatch(tally.epoch, batch.batch(), order.onTimeout()));
        Answer.BatchMask whole = Answer.BatchMask.whole(
                tally.epoch, batch.batch(), batch.stamped().revision(), n);
        return order.onTimeout() == OnTimeout.RANDOM && !batch.whole() ? atRandom(whole, n) : whole;
    }

    private Answer await(EpochTally tally, BatchAnnouncer.Announced announced) throws InterruptedException {
        int batch = announced.plan().batch();
        long started = System.nanoTime();
        Answer answer = order.onTimeout() == OnTimeout.WAIT
                ? exchange.inbox().awaitBatch(tally.epoch, batch, askAgainAfter(), () -> {
                    logWaiting("epoch " + tally.epoch + ", batch " + batch, started);
                    announcer.announceAgain(tally.epoch, announced);
                })
                : exchange.inbox().awaitBatch(tally.epoch, batch, alone ? Duration.ZERO : order.maskTimeout());
        tally.maskWaitSeconds += meters.took(MASK_WAIT, started);
        return answer;
    }

    /** Waits for the masks of batches that will be trained by a later attempt; returns null if one does not come in time. */
    @Nullable
    List<LoopState.InFlight> inFlight(EpochTally tally, Collection<BatchAnnouncer.Announced> announced)
            throws InterruptedException, AttemptEnded {
        List<LoopState.InFlight> inFlight = new ArrayList<>();
        for (BatchAnnouncer.Announced one : announced) {
            Answer.BatchMask before = known.get(one.plan().batch());
            Answer answer = before == null ? await(tally, one) : before;
            if (answer instanceof Answer.TimedOut) {
                return null;
            }
            if (!(answer instanceof Answer.BatchMask mask)) {
                throw new AttemptEnded(answer);
            }
            inFlight.add(new LoopState.InFlight(one.plan().stamped(), one.plan().whole(), one.losses(), mask));
        }
        return List.copyOf(inFlight);
    }

    private Answer.BatchMask atRandom(Answer.BatchMask whole, int n) {
        int[] places = whole.selected().clone();
        timeouts.shuffle(places, ((long) whole.epoch() << 32) | whole.batch());
        int[] some = Arrays.copyOf(places, Math.max(1, (int) Math.floor(lastKeep * n + .5 + 1e-9)));
        Arrays.sort(some);
        return new Answer.BatchMask(whole.epoch(), whole.batch(), whole.revision(), some, null);
    }

    /** Requests the selector's state after a batch; returns null on a time-out. */
    Answer.@Nullable SelectorState state(EpochTally tally, int batch, boolean patient)
            throws InterruptedException, AttemptEnded {
        long started = System.nanoTime();
        boolean waits = patient && order.onTimeout() == OnTimeout.WAIT;
        Duration wait = waits ? askAgainAfter() : patient ? order.maskTimeout() : Duration.ZERO;
        Answer answer = requestState(tally.epoch, batch, wait);
        while (waits && answer instanceof Answer.TimedOut) {
            logWaiting("the barrier at epoch " + tally.epoch + ", batch " + batch, started);
            wait = MaskInbox.longer(wait);
            answer = requestState(tally.epoch, batch, wait);
        }
        tally.maskWaitSeconds += meters.took(MASK_WAIT, started);
        if (answer instanceof Answer.SelectorState state) {
            return state;
        }
        if (!(answer instanceof Answer.TimedOut)) {
            throw new AttemptEnded(answer);
        }
        return null;
    }

    private Duration askAgainAfter() {
        return order.maskTimeout().compareTo(ASK_AGAIN) < 0 ? order.maskTimeout() : ASK_AGAIN;
    }

    private Answer requestState(int epoch, int batch, Duration wait) throws InterruptedException {
        exchange.inbox().stateRequested(epoch, batch);
        exchange.log().requestState(epoch, batch);
        return exchange.inbox().awaitState(wait);
    }
}
