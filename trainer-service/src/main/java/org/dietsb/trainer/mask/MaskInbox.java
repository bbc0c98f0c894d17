package org.dietsb.trainer.mask;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers to one attempt arrive, in any order, and are waited for. Thread-safe: one thread offers, the trainer
 * thread waits. A mask is handed out once. What does not fit what was asked, what nobody asked, doubles and masks that come too
 * late are dropped and counted: so no more is held than what is asked for.
 */
public final class MaskInbox {
    private record Place(int epoch, int batch) {}

    /**
     * An epoch or a batch whose mask is waited for.
     *
     * @param size its examples: a mask's places are below it
     */
    private record Asked(long revision, int size, long atNanos) {}

    private final Consumer<Duration> roundTrips;
    private final Map<Place, Asked> askedBatches = new HashMap<>();
    private final Map<Integer, Asked> askedEpochs = new HashMap<>();
    private final Map<Place, Answer.BatchMask> batches = new HashMap<>();
    private final Map<Integer, Answer.EpochMask> epochs = new HashMap<>();
    /** Parts of the state that is waited for, by their numbers; what comes unasked is dropped. */
    private final Map<Integer, Answer.StatePart> state = new TreeMap<>();

    private @Nullable Place stateAsked;
    private @Nullable Answer ended;
    private long dropped;

    /** Tells how long each mask travelled, on the thread that offers it. */
    public MaskInbox(Consumer<Duration> roundTrips) {
        this.roundTrips = roundTrips;
    }

    /** An epoch is about to be opened; its mask's places are in [0, examples). */
    public synchronized void opened(int epoch, long revision, int examples) {
        askedEpochs.put(epoch, new Asked(revision, examples, System.nanoTime()));
    }

    /** A batch is about to be announced; its mask's places are in [0, size). */
    public synchronized void announced(int epoch, int batch, long revision, int size) {
        askedBatches.put(new Place(epoch, batch), new Asked(revision, size, System.nanoTime()));
    }

    /**
     * What makes a mask unfit for the epoch or batch it names; empty if nothing does, or if nobody waits for it. It will be
     * dropped.
     */
    public synchronized Optional<String> flaw(Answer answer) {
        if (answer instanceof Answer.EpochMask mask) {
            int[] kept = mask.kept();
            return kept != null && kept.length == 0
                    ? Optional.of("an epoch of no examples")
                    : flaw(askedEpochs.get(mask.epoch()), mask.revision(), kept);
        }
        return answer instanceof Answer.BatchMask mask
                ? flaw(askedBatches.get(new Place(mask.epoch(), mask.batch())), mask.revision(), mask.selected())
                : Optional.empty();
    }

    private static Optional<String> flaw(@Nullable Asked asked, long revision, int @Nullable [] places) {
        if (asked == null) {
            return Optional.empty();
        }
        if (revision != asked.revision) {
            return Optional.of("revision is " + revision + ", asked for was " + asked.revision);
        }
        return places != null && places.length > 0 && places[places.length - 1] >= asked.size
                ? Optional.of(
                        "example " + places[places.length - 1] + " is selected, allowed is [0, " + asked.size + ")")
                : Optional.empty();
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
        if (flaw(answer).isPresent()) {
            dropped++;
        } else if (answer instanceof Answer.EpochMask mask) {
            if (!askedEpochs.containsKey(mask.epoch()) || epochs.putIfAbsent(mask.epoch(), mask) != null) {
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
        Asked asked = askedBatches.get(place);
        if (asked == null || batches.putIfAbsent(place, mask) != null) {
            dropped++;
        } else {
            roundTrips.accept(Duration.ofNanos(System.nanoTime() - asked.atNanos));
        }
    }

    /** Waits, however long, for the epoch's answer: a diet is never skipped. */
    public synchronized Answer awaitEpoch(int epoch) throws InterruptedException {
        while (ended == null && !epochs.containsKey(epoch)) {
            wait();
        }
        askedEpochs.remove(epoch);
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
        askedBatches.remove(place);
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

    /** Doubles, late masks, and those that nobody asked for or that did not fit, so far. */
    public synchronized long dropped() {
        return dropped;
    }
}
