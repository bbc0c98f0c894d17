package org.dietsb.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What some seconds on a route came to.
 *
 * @param masks that came back
 * @param seconds in which they did
 * @param p50Millis half of the batches had their mask within this time
 * @param p99Millis 99 in 100 had
 * @param cpuSeconds that each process took meanwhile, by its name
 */
record Journeys(int masks, double seconds, double p50Millis, double p99Millis, Map<String, Double> cpuSeconds) {

    /** Has always {@code window} batches on their way, for this time and until the last is back. */
    static Journeys measured(MaskRoute route, int window, Duration time, PrivateSystem system)
            throws InterruptedException {
        Map<String, Duration> cpuBefore = system.cpuTimes();
        long[] announcedNanos = new long[window];
        double[] millis = new double[1024];
        long started = System.nanoTime();
        int announced = 0;
        int received = 0;
        while (true) {
            while (announced - received < window && System.nanoTime() - started < time.toNanos()) {
                announcedNanos[announced++ % window] = System.nanoTime();
                route.announce();
            }
            if (received == announced) {
                break;
            }
            route.awaitMask();
            if (received == millis.length) {
                millis = Arrays.copyOf(millis, 2 * received);
            }
            millis[received] = (System.nanoTime() - announcedNanos[received % window]) / 1e6;
            received++;
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        Map<String, Double> cpuSeconds = cpuSeconds(cpuBefore, system.cpuTimes());
        double[] sorted = Arrays.copyOf(millis, received);
        Arrays.sort(sorted);
        return new Journeys(received, seconds, Quantile.of(sorted, .5), Quantile.of(sorted, .99), cpuSeconds);
    }

    /** What each process took between two moments. */
    static Map<String, Double> cpuSeconds(Map<String, Duration> before, Map<String, Duration> after) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        after.forEach((name, now) -> seconds.put(
                name, now.minus(before.getOrDefault(name, Duration.ZERO)).toNanos() / 1e9));
        return seconds;
    }

    /** The CPU seconds of all, by process. */
    static Map<String, Double> cpuSeconds(List<Journeys> rounds) {
        Map<String, Double> sums = new LinkedHashMap<>();
        rounds.forEach(round -> round.cpuSeconds().forEach((name, cpu) -> sums.merge(name, cpu, Double::sum)));
        return sums;
    }

    double masksPerSecond() {
        return masks / seconds;
    }
}
