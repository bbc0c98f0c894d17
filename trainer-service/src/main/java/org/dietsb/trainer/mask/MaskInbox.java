package org.dietsb.trainer.mask;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers to one attempt arrive, in any order, and are waited for. Thread-safe: one thread offers, the trainer
 * thread waits. A mask is handed out once; doubles and masks that come too late are dropped and counted.
 */
public final class MaskInbox {
    private record Place(int epoch, int batch) {}

    private final Consumer<Duration> roundTrips;
    private final Map<Place, Long> announcedNanos = new HashMap<>();
    private final Map<Place, Answer.BatchMask> batches = new HashMap<>();
    private final Map<Integer, Answer.EpochMask> epochs = new HashMap<>();
    /** Parts of the state that is waited for, by their numbers; what comes unasked is dropped. */
    private final Map<Integer, Answer.StatePart> state = new TreeMap<>();

    private @Nullable Place stateAsked;
    private @Nullable Answer ended;
    private Place done = new Place(0, -1);
    private int doneEpoch;
    private long dropped;

    /** Tells how long each mask travelled, on the thread that offers it. */
    public MaskInbox(Consumer<Duration> roundTrips) {
        this.roundTrips = roundTrips;
    }

    /** A batch is about to be announced. */
    public synchronized void announced(int epoch, int batch) {
        announcedNanos.put(new Place(epoch, batch), System.nanoTime());
    }

    public void offer(Answer answer) {
        offer(List.of(answer));
    }

    /** Takes what came together: who waits for the first of it is woken when all of it is there. */
    public synchronized void offer(List<Answer> answers) {
        answers.forEach(this::take);
        notifyAll();
    }

    private void take(Answer answer) {
        if (answer instanceof Answer.EpochMask mask) {
            if (mask.epoch() <= doneEpoch || epochs.putIfAbsent(mask.epoch(), mask) != null) {
                dropped++;
            }
        } else if (answer instanceof Answer.BatchMask mask) {
            take(mask);
        } else if (answer instanceof Answer.StatePart part) {
            boolean asked = new Place(part.epoch(), part.batch()).equals(stateAsked);
            if (!asked || state.putIfAbsent(part.part(), part) != null) {
                dropped++;
            }
        } else if (ended == null || answer instanceof Answer.Fenced) {
            ended = answer;
        }
    }

    private void take(Answer.BatchMask mask) {
        Place place = new Place(mask.epoch(), mask.batch());
        Long announced = announcedNanos.remove(place);
        if (announced != null) {
            roundTrips.accept(Duration.ofNanos(System.nanoTime() - announced));
        }
        if (!isAfter(place, done) || batches.putIfAbsent(place, mask) != null) {
            dropped++;
        }
    }

    /** Waits, however long, for the epoch's answer: a diet is never skipped. */
    public synchronized Answer awaitEpoch(int epoch) throws InterruptedException {
        while (ended == null && !epochs.containsKey(epoch)) {
            wait();
        }
        doneEpoch = epoch;
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
        announcedNanos.remove(place);
        Answer.BatchMask mask = batches.remove(place);
        if (ended != null) {
            return ended;
        }
        return mask != null ? mask : new Answer.TimedOut();
    }

    /** The state of this barrier is about to be asked for. */
    public synchronized void stateRequested(int epoch, int batch) {
        state.clear();
        stateAsked = new Place(epoch, batch);
    }

    /** Waits for all parts of the state that was asked for; whatever comes later of it is dropped. */
    public synchronized Answer awaitState(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (ended == null && !isStateWhole()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        stateAsked = null;
        if (ended != null) {
            return ended;
        }
        return isStateWhole() ? new Answer.SelectorState(new ArrayList<>(state.values())) : new Answer.TimedOut();
    }

    private boolean isStateWhole() {
        return state.values().stream()
                .findFirst()
                .filter(first -> first.parts() == state.size())
                .isPresent();
    }

    /** Doubles and late masks so far. */
    public synchronized long dropped() {
        return dropped;
    }

    private static boolean isAfter(Place a, Place b) {
        return a.epoch > b.epoch || (a.epoch == b.epoch && a.batch > b.batch);
    }
}
