package org.dietsb.trainer.train;

import java.util.Collection;
import java.util.List;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.train.AnswerWaiter.AttemptEnded;
import org.dietsb.trainer.train.BatchAnnouncer.Announced;
import org.jspecify.annotations.Nullable;

/** Keeps the state of the loop, and with it the selector's, at barriers. */
final class Barriers {
    private final LossLog log;
    private final RunListener listener;
    private final BatchAnnouncer announcer;
    private final AnswerWaiter waiter;
    private final MaskSpender spender;

    Barriers(LossLog log, RunListener listener, BatchAnnouncer announcer, AnswerWaiter waiter, MaskSpender spender) {
        this.log = log;
        this.listener = listener;
        this.announcer = announcer;
        this.waiter = waiter;
        this.spender = spender;
    }

    /**
     * A place within an epoch.
     *
     * @param batch number of batches of the epoch that are done
     * @param length of the run in epochs
     * @param seconds since the epoch was opened
     */
    record Place(int batch, double length, double seconds) {}

    /**
     * Requests the selector's state and writes it to the log; returns null if the selector does not answer in time.
     *
     * @param announced number of batches of the epoch that are announced
     */
    Answer.@Nullable SelectorState request(EpochTally tally, int announced) throws InterruptedException, AttemptEnded {
        Answer.SelectorState state = waiter.state(tally, announced, !waiter.isAlone());
        if (state == null) {
            listener.barrierMissed(tally.epoch, announced);
            return null;
        }
        log.giveState(state);
        announcer.forgetSentPolicy();
        return state;
    }

    /** Keeps the state at the end of an epoch. */
    void keepEnd(int epoch, int batches, double length, Answer.SelectorState selector) {
        listener.atBarrier(stateAt(epoch, batches, length, null, selector));
    }

    /** Keeps the state within an epoch, if the selector sends its own in time. */
    void keepWithin(EpochTally tally, int[] kept, Place place, List<LoopState.InFlight> inFlight)
            throws InterruptedException, AttemptEnded {
        spender.settle(tally);
        Answer.SelectorState selector = request(tally, place.batch + inFlight.size());
        if (selector != null) {
            LoopState.Running running = spender.running(kept, tally.sums(place.seconds), inFlight);
            listener.atBarrier(stateAt(tally.epoch, place.batch, place.length, running, selector));
        }
    }

    /**
     * Ends the attempt within an epoch, at a barrier if the masks in flight and the selector's state come in time. What is in flight
     * is kept, and not trained first: training it would announce the next batches later than an undisturbed run does, with other
     * losses.
     */
    AttemptEnded stop(EpochTally tally, int[] kept, Place place, Collection<Announced> announced)
            throws InterruptedException, AttemptEnded {
        announcer.announceHeld(tally.epoch);
        List<LoopState.InFlight> inFlight = waiter.inFlight(tally, announced);
        if (inFlight == null) {
            listener.barrierMissed(tally.epoch, place.batch);
        } else {
            keepWithin(tally, kept, place, inFlight);
        }
        return new AttemptEnded(new Answer.Stopped());
    }

    private LoopState stateAt(
            int epoch, int batch, double length, LoopState.@Nullable Running running, Answer.SelectorState selector) {
        ErrorNorms norms = spender.norms();
        return new LoopState(
                epoch,
                batch,
                running,
                length,
                waiter.lastKeep(),
                announcer.placedRevision(),
                announcer.placedInEpoch(),
                selector,
                norms == null ? null : norms.noted());
    }
}
