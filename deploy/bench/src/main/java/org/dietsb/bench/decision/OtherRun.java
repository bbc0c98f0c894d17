package org.dietsb.bench.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.dietsb.bench.path.TrainerRoute;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;

/** A small run whose batches are announced evenly, one at a time, in a thread of its own, while others are measured. */
final class OtherRun implements AutoCloseable {
    private static final long EVERY_NANOS = 5_000_000;
    private static final int BATCH = 128;

    private final Thread thread;
    private final List<Trip> trips = new ArrayList<>();
    private volatile boolean closing;
    private volatile @Nullable Throwable failed;

    /** A batch: when it was announced, and when its mask was there. */
    private record Trip(long fromNanos, long untilNanos) {}

    OtherRun(String bootstrapServers, int partition) throws InterruptedException {
        TrainerRoute route = new TrainerRoute(bootstrapServers, partition, BATCH);
        thread = new Thread(() -> go(route), "other-run");
        thread.setDaemon(true);
        thread.start();
    }

    private void go(TrainerRoute route) {
        try (route) {
            long next = System.nanoTime();
            while (!closing) {
                long from = System.nanoTime();
                route.announce();
                route.awaitMask();
                add(new Trip(from, System.nanoTime()));
                next = Math.max(next + EVERY_NANOS, System.nanoTime());
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (InterruptedException | RuntimeException problem) {
            failed = problem;
        }
    }

    private synchronized void add(Trip trip) {
        trips.add(trip);
    }

    /** Returns the round trips, in ms, of the batches that were under way in these stretches of time. */
    synchronized List<Double> millis(List<long[]> stretches) {
        if (failed != null) {
            throw new UserError("another run has no masks: " + failed);
        }
        return trips.stream()
                .filter(trip -> stretches.stream().anyMatch(one -> trip.fromNanos < one[1] && trip.untilNanos > one[0]))
                .map(trip -> (trip.untilNanos - trip.fromNanos) / 1e6)
                .toList();
    }

    /** Returns the time within which 99 % of these were there. */
    static double p99(List<Double> millis) {
        return Spread.quantile(
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray(), .99);
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join(10_000);
    }
}
