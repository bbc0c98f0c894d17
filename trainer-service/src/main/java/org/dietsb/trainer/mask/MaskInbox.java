package org.dietsb.trainer.mask;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one attempt, which arrive in any order and are waited for. Thread-safe: one thread offers, the trainer thread waits.
 * A mask is handed out once. Masks that do not fit the request, that were not requested, that arrive twice or too late are dropped
 * and counted, so that no more is held than was requested.
 */
public final class MaskInbox {
    private static final Duration FOR_EVER = Duration.ofDays(3650);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** A batch, or a whole epoch, whose batch is null. */
    private record Place(int epoch, @Nullable Integer batch) {
        static Place of(Answer.Mask mask) {
            return new Place(mask.epoch(), mask instanceof Answer.BatchMask ofBatch ? ofBatch.batch() : null);
        }
    }

    /**
     * A requested mask.
     *
     * @param size number of examples; the places of the mask are below it
     */
    private record Request(long revision, int size, long atNanos) {}

    private final Consumer<Duration> roundTrips;
    private final Map<Place, Request> requests = new HashMap<>();
    private final Map<Place, Answer.Mask> masks = new HashMap<>();
    /** Parts of masks of requested epochs, until all have arrived. */
    private final Map<Place, EpochParts> parts = new HashMap<>();

    /** Parts of the requested state by their numbers. */
    private final Map<Integer, Answer.StatePart> state = new TreeMap<>();

    private @Nullable Place stateRequest;
    private @Nullable Answer ended;
    private long dropped;

    /**
     * Creates an empty inbox.
     *
     * @param roundTrips receives the round-trip time of each batch mask, on the thread that offers it
     */
    public MaskInbox(Consumer<Duration> roundTrips) {
        this.roundTrips = roundTrips;
    }

    /** Expects the mask of an epoch that is about to be opened, with places in [0, examples). */
    public void opened(int epoch, long revision, int examples) {
        request(new Place(epoch, null), revision, examples);
    }

    /** Expects the mask of a batch that is about to be announced, with places in [0, size). */
    public void announced(int epoch, int batch, long revision, int size) {
        request(new Place(epoch, batch), revision, size);
    }

    private synchronized void request(Place place, long revision, int size) {
        requests.put(place, new Request(revision, size, System.nanoTime()));
    }

    /** Returns why a mask does not fit its epoch or batch and will be dropped; empty if it fits or was not requested. */
    public synchronized Optional<String> flaw(Answer answer) {
        if (answer instanceof Answer.SpanMask span) {
            return span.masks().stream().flatMap(mask -> flaw(mask).stream()).findFirst();
        }
        if (!(answer instanceof Answer.Mask mask)) {
            return Optional.empty();
        }
        int[] places = mask.places();
        if (mask instanceof Answer.EpochMask && places != null && places.length == 0) {
            return Optional.of("an epoch of no examples");
        }
        Request request = requests.get(Place.of(mask));
        if (request == null) {
            return Optional.empty();
        }
        if (mask.revision() != request.revision) {
            return Optional.of("revision is " + mask.revision() + ", requested was " + request.revision);
        }
        return places != null && places.length > 0 && places[places.length - 1] >= request.size
                ? Optional.of(
                        "example " + places[places.length - 1] + " is selected, allowed is [0, " + request.size + ")")
                : Optional.empty();
    }

    public void offer(Answer answer) {
        offer(List.of(answer));
    }

    /** Takes answers that arrived together. A thread that waits for the first is woken when all are there. */
    public synchronized void offer(List<Answer> answers) {
        answers.forEach(this::take);
        notifyAll();
    }

    private void take(Answer answer) {
        if (answer instanceof Answer.Mask mask) {
            Request request = requests.get(Place.of(mask));
            if (request == null || flaw(mask).isPresent() || masks.putIfAbsent(Place.of(mask), mask) != null) {
                dropped++;
            } else if (mask instanceof Answer.BatchMask) {
                roundTrips.accept(Duration.ofNanos(System.nanoTime() - request.atNanos));
            }
        } else if (answer instanceof Answer.SpanMask span) {
            span.masks().forEach(this::take);
        } else if (answer instanceof Answer.EpochPart part) {
            takePart(part);
        } else if (answer instanceof Answer.StatePart part) {
            boolean requested = new Place(part.epoch(), part.batch()).equals(stateRequest);
            if (!requested || state.putIfAbsent(part.part(), part) != null) {
                dropped++;
            }
        } else if (ended == null || answer instanceof Answer.Fenced) {
            ended = answer;
        }
    }

    private void takePart(Answer.EpochPart part) {
        Place place = new Place(part.epoch(), null);
        Request request = requests.get(place);
        if (request == null || request.revision != part.revision() || masks.containsKey(place)) {
            dropped++;
            return;
        }
        EpochParts before = parts.computeIfAbsent(place, none -> new EpochParts());
        if (!before.add(part)) {
            dropped++;
        }
        before.mask().ifPresent(mask -> {
            parts.remove(place);
            take(mask);
        });
    }

    /** Waits for the answer to an epoch without a time-out: a diet is never skipped. */
    public Answer awaitEpoch(int epoch) throws InterruptedException {
        return awaitMask(new Place(epoch, null), FOR_EVER, true);
    }

    /**
     * Waits for the answer to an epoch without a time-out, and asks again while there is none.
     *
     * @param first time until then; each further one is twice as long, up to 5 minutes
     */
    public Answer awaitEpoch(int epoch, Duration first, Runnable again) throws InterruptedException {
        return awaitMask(new Place(epoch, null), first, again);
    }

    /** Waits for the mask of a batch; later answers to it are dropped. A zero time-out does not wait. */
    public Answer awaitBatch(int epoch, int batch, Duration timeout) throws InterruptedException {
        return awaitMask(new Place(epoch, batch), timeout, true);
    }

    /** Waits for the mask of a batch like {@link #awaitEpoch(int, Duration, Runnable)}. */
    public Answer awaitBatch(int epoch, int batch, Duration first, Runnable again) throws InterruptedException {
        return awaitMask(new Place(epoch, batch), first, again);
    }

    private Answer awaitMask(Place place, Duration first, Runnable again) throws InterruptedException {
        for (Duration wait = first; ; wait = longer(wait)) {
            Answer answer = awaitMask(place, wait, false);
            if (!(answer instanceof Answer.TimedOut)) {
                return answer;
            }
            again.run();
        }
    }

    /** Returns how long to wait for the answer to a repeated question. */
    public static Duration longer(Duration wait) {
        return wait.compareTo(LONGEST.dividedBy(2)) > 0 ? LONGEST : wait.multipliedBy(2);
    }

    private synchronized Answer awaitMask(Place place, Duration timeout, boolean last) throws InterruptedException {
        awaitEndOr(() -> masks.containsKey(place), timeout);
        Answer.Mask mask = masks.remove(place);
        if (last || mask != null || ended != null) {
            requests.remove(place);
        }
        if (ended != null) {
            return ended;
        }
        return mask != null ? mask : new Answer.TimedOut();
    }

    /** Expects the selector's state at a barrier, which is about to be requested. */
    public synchronized void stateRequested(int epoch, int batch) {
        state.clear();
        stateRequest = new Place(epoch, batch);
    }

    /** Waits for all parts of the requested state; later parts of it are dropped. */
    public synchronized Answer awaitState(Duration timeout) throws InterruptedException {
        awaitEndOr(this::isStateWhole, timeout);
        stateRequest = null;
        if (ended != null) {
            return ended;
        }
        return isStateWhole() ? new Answer.SelectorState(new ArrayList<>(state.values())) : new Answer.TimedOut();
    }

    private void awaitEndOr(BooleanSupplier arrived, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (ended == null && !arrived.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    private boolean isStateWhole() {
        return state.values().stream()
                .findFirst()
                .filter(first -> first.parts() == state.size())
                .isPresent();
    }

    /** Number of masks and parts of states dropped so far. */
    public synchronized long dropped() {
        return dropped;
    }
}
