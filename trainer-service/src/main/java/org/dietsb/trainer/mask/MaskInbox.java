package org.dietsb.trainer.mask;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers to one attempt arrive, in any order, and are waited for. Thread-safe: one thread offers, the trainer
 * thread waits. A batch mask is handed out once; doubles and masks of batches already gone are dropped and counted.
 */
public final class MaskInbox {
    private record Place(int epoch, int batch) {}

    private final Map<Place, Answer.BatchMask> batches = new HashMap<>();
    private final Map<Integer, Answer.EpochMask> epochs = new HashMap<>();
    private @Nullable Answer ended;
    private Place done = new Place(0, -1);
    private long dropped;

    public synchronized void offer(Answer answer) {
        if (answer instanceof Answer.EpochMask mask) {
            epochs.putIfAbsent(mask.epoch(), mask);
        } else if (answer instanceof Answer.BatchMask mask) {
            Place place = new Place(mask.epoch(), mask.batch());
            if (!isAfter(place, done) || batches.putIfAbsent(place, mask) != null) {
                dropped++;
            }
        } else if (ended == null || answer instanceof Answer.Fenced) {
            ended = answer;
        }
        notifyAll();
    }

    /** Waits, however long, for the epoch's answer: a diet is never skipped. */
    public synchronized Answer awaitEpoch(int epoch) throws InterruptedException {
        while (ended == null && !epochs.containsKey(epoch)) {
            wait();
        }
        Answer.EpochMask mask = epochs.remove(epoch);
        return ended != null ? ended : Objects.requireNonNull(mask);
    }

    /** Waits for a batch's mask; whatever comes later for it is dropped. A zero time-out only looks. */
    public synchronized Answer awaitBatch(int epoch, int batch, Duration timeout) throws InterruptedException {
        Place place = new Place(epoch, batch);
        long deadline = System.nanoTime() + timeout.toNanos();
        while (ended == null && !batches.containsKey(place)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        done = place;
        Answer.BatchMask mask = batches.remove(place);
        if (ended != null) {
            return ended;
        }
        return mask != null ? mask : new Answer.TimedOut();
    }

    /** Doubles and late masks so far. */
    public synchronized long dropped() {
        return dropped;
    }

    private static boolean isAfter(Place a, Place b) {
        return a.epoch > b.epoch || (a.epoch == b.epoch && a.batch > b.batch);
    }
}
