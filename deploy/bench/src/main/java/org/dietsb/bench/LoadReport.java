package org.dietsb.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What loads of selectors came to, and the ratio of a mask's CPU time to that under the fewest runs. */
final class LoadReport {
    /** What a mask may cost more when the runs are more and the masks are not. */
    private static final double LIMIT = 1.2;

    private final Map<Place, List<Round>> measured = new TreeMap<>(Comparator.comparingInt(Place::partitions)
            .thenComparingInt(Place::selectors)
            .thenComparingInt(Place::runs));

    /** A load: so many runs on so many partitions, which so many selectors share. */
    record Place(int runs, int partitions, int selectors) {
        private String words() {
            return plural(runs, "run") + ", " + plural(partitions, "partition") + ", " + plural(selectors, "selector");
        }

        private static String plural(int count, String noun) {
            return count + " " + noun + (count == 1 ? "" : "s");
        }

        private boolean hasSelectorsOf(Place other) {
            return partitions == other.partitions && selectors == other.selectors;
        }

        /** Of several selectors all must have work: a mask costs more where masks are fewer, and none goes to one that idles. */
        private boolean keepsAllBusy() {
            return selectors == 1 || runs >= partitions;
        }
    }

    /**
     * What a round came to.
     *
     * @param residentBytes of all selectors together, after it
     */
    record Round(Journeys paced, Journeys saturated, long residentBytes) {}

    void add(Place place, Round round) {
        measured.computeIfAbsent(place, any -> new ArrayList<>()).add(round);
    }

    /** Two rows a load. The base is the fewest runs that keep the same selectors busy. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        measured.forEach((place, rounds) -> {
            Place base = measured.keySet().stream()
                    .filter(other -> other.hasSelectorsOf(place) && other.keepsAllBusy())
                    .findFirst()
                    .orElse(place);
            List<Round> baseRounds = measured.getOrDefault(base, rounds);
            Limit limit = place.runs > base.runs ? new Limit.AtMost(LIMIT) : null;
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
            ratios.add(cpuMicrosAMask(journeys.get(i)) / cpuMicrosAMask(mode.apply(base.get(i))));
        }
        return new Row(name, Spread.of(ratios), limit)
                .with("masks/s", median(journeys, Journeys::masksPerSecond))
                .with("p50 ms", median(journeys, Journeys::p50Millis))
                .with("p99 ms", median(journeys, Journeys::p99Millis))
                .with("CPU us/mask", median(journeys, LoadReport::cpuMicrosAMask))
                // Of the first round, in which runs grow: later, memory is that of the most runs there were.
                .with("resident MiB", rounds.get(0).residentBytes / (double) (1 << 20))
                .with("cpuSeconds", Journeys.cpuSeconds(journeys));
    }

    private static double median(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
    }

    /** Of the selectors. */
    private static double cpuMicrosAMask(Journeys journeys) {
        return 1e6
                * journeys.cpuSeconds().entrySet().stream()
                        .filter(process -> process.getKey().startsWith(SelectorGroup.NAME))
                        .mapToDouble(Map.Entry::getValue)
                        .sum()
                / journeys.masks();
    }
}
