package org.dietsb.bench.path;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.Spread;

/**
 * Measurement of a route over a period.
 *
 * @param masks received
 * @param seconds of the period
 * @param p50Millis time within which half of the batches had their mask
 * @param p99Millis time within which 99 % of the batches had their mask
 * @param p999Millis time within which 99.9 % of the batches had their mask
 * @param cpuSeconds taken by each process in the period, by its name
 */
public record Journeys(
        int masks,
        double seconds,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        Map<String, Double> cpuSeconds) {

    /** Round-trip times of masks as they arrive. Single-threaded. */
    public static final class Times {
        private double[] millis = new double[1024];
        private int count;

        /** Adds the time of one mask. */
        public void add(long nanos) {
            if (count == millis.length) {
                millis = Arrays.copyOf(millis, 2 * count);
            }
            millis[count++] = nanos / 1e6;
        }

        /** Forgets all times. */
        public void clear() {
            count = 0;
        }

        /** Summarizes the times of a period. */
        public Journeys over(double seconds, Map<String, Double> cpuSeconds) {
            double[] sorted = Arrays.copyOf(millis, count);
            Arrays.sort(sorted);
            return new Journeys(
                    count,
                    seconds,
                    Spread.quantile(sorted, .5),
                    Spread.quantile(sorted, .99),
                    Spread.quantile(sorted, .999),
                    cpuSeconds);
        }
    }

    /** Keeps {@code window} batches in flight for this time, then waits for the last of them. */
    public static Journeys measured(MaskRoute route, int window, Duration time, PrivateSystem system)
            throws InterruptedException {
        Map<String, Duration> cpuBefore = system.cpuTimes();
        long[] announcedNanos = new long[window];
        Times times = new Times();
        long started = System.nanoTime();
        int announced = 0;
        int received = 0;
        while (true) {
            while (announced - received < window && System.nanoTime() - started < time.toNanos()) {
                announcedNanos[announced++ % window] = System.nanoTime();
                route.announce();
            }
            if (received == announced) {
                double seconds = (System.nanoTime() - started) / 1e9;
                return times.over(seconds, system.cpuSecondsSince(cpuBefore));
            }
            route.awaitMask();
            times.add(System.nanoTime() - announcedNanos[received++ % window]);
        }
    }

    /** Adds up the CPU seconds of several measurements, by process. */
    public static Map<String, Double> cpuSeconds(List<Journeys> rounds) {
        Map<String, Double> sums = new LinkedHashMap<>();
        rounds.forEach(round -> round.cpuSeconds.forEach((name, cpu) -> sums.merge(name, cpu, Double::sum)));
        return sums;
    }

    public double masksPerSecond() {
        return masks / seconds;
    }

    /** Returns the CPU microseconds per mask of the processes whose name begins like this. */
    public double cpuMicrosPerMask(String processes) {
        return 1e6
                * cpuSeconds.entrySet().stream()
                        .filter(process -> process.getKey().startsWith(processes))
                        .mapToDouble(Map.Entry::getValue)
                        .sum()
                / masks;
    }
}
