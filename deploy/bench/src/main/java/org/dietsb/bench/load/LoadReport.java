package org.dietsb.bench.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dietsb.bench.path.Journeys;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.text.Format;
import org.dietsb.testbed.SelectorGroup;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;

/** Results of selectors under load, and the ratio of a mask's CPU time to that under the fewest runs. */
final class LoadReport {
    /** Upper bound of that ratio when there are more runs but not more masks. */
    private static final double LIMIT = 1.2;

    private final Map<Place, List<Round>> measured = new TreeMap<>(Comparator.comparingInt(Place::partitions)
            .thenComparingInt(Place::selectors)
            .thenComparingInt(Place::runs));

    /** A load: the number of runs, of partitions, and of selectors that share these. */
    record Place(int runs, int partitions, int selectors) {
        private String words() {
            return Format.count(runs, "run") + ", " + Format.count(partitions, "partition") + ", "
                    + Format.count(selectors, "selector");
        }

        private boolean hasSelectorsOf(Place other) {
            return partitions == other.partitions && selectors == other.selectors;
        }

        /** Returns whether every selector has work; masks cost more where they are fewer, and an idle selector gets none. */
        private boolean keepsAllBusy() {
            return selectors == 1 || runs >= partitions;
        }
    }

    /**
     * Results of a round.
     *
     * @param residentBytes of all selectors together, after the round
     */
    record Round(Journeys paced, Journeys saturated, long residentBytes) {}

    void add(Place place, Round round) {
        measured.computeIfAbsent(place, any -> new ArrayList<>()).add(round);
    }

    /** Returns two rows per load. The base is the fewest runs that keep the same selectors busy. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        measured.forEach((place, rounds) -> {
            Place base = measured.keySet().stream()
                    .filter(other -> other.hasSelectorsOf(place) && other.keepsAllBusy())
                    .findFirst()
                    .orElse(place);
            List<Round> baseRounds = measured.getOrDefault(base, rounds);
            Limit limit = place.runs > base.runs ? Limit.atMost(LIMIT) : null;
            rows.add(row("paced, " + place.words(), limit, Round::paced, rounds, baseRounds));
            rows.add(row("saturated, " + place.words(), null, Round::saturated, rounds, baseRounds));
        });
        return rows;
    }

    private static Row row(
            String name, @Nullable Limit limit, Function<Round, Journeys> mode, List<Round> rounds, List<Round> base) {
        List<Journeys> journeys = rounds.stream().map(mode).toList();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            ratios.add(cpuMicros(journeys.get(i)) / cpuMicros(mode.apply(base.get(i))));
        }
        return new Row(name, Spread.of(ratios), limit)
                .with("masks/s", median(journeys, Journeys::masksPerSecond))
                .with("p50 ms", median(journeys, Journeys::p50Millis))
                .with("p99 ms", median(journeys, Journeys::p99Millis))
                .with("CPU us/mask", median(journeys, LoadReport::cpuMicros))
                // Of the first round, in which the number of runs grows: later, memory is that of the most runs.
                .with("resident MiB", rounds.get(0).residentBytes / (double) (1 << 20))
                .with("cpuSeconds", Journeys.cpuSeconds(journeys));
    }

    private static double median(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return Spread.of(rounds, figure).median();
    }

    /** Of the selectors alone. */
    private static double cpuMicros(Journeys journeys) {
        return journeys.cpuMicrosPerMask(SelectorGroup.NAME);
    }
}
