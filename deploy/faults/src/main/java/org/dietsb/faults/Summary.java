package org.dietsb.faults;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;

/** All rounds, as a table and as JSON. */
record Summary(List<Verdict> rounds) {
    private static final ObjectMapper JSON =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    Summary {
        rounds = List.copyOf(rounds);
    }

    /** A kind of fault, with the standstills after it, in seconds. */
    private record Kind(
            String fault,
            int injected,
            int recovered,
            @Nullable Double median,
            @Nullable Double worst) {
        static Kind of(String fault, List<Injected> all) {
            List<Double> standstills = all.stream()
                    .map(Injected::standstillSeconds)
                    .filter(Objects::nonNull)
                    .toList();
            Spread spread = standstills.isEmpty() ? null : Spread.of(standstills);
            return new Kind(
                    fault,
                    all.size(),
                    standstills.size(),
                    spread == null ? null : spread.median(),
                    spread == null ? null : spread.max());
        }
    }

    private List<Kind> kinds() {
        Map<String, List<Injected>> byKind = new TreeMap<>();
        rounds.forEach(round -> round.injected()
                .forEach(injected -> byKind.computeIfAbsent(injected.fault(), key -> new ArrayList<>())
                        .add(injected)));
        return byKind.entrySet().stream()
                .map(kind -> Kind.of(kind.getKey(), kind.getValue()))
                .toList();
    }

    /** Returns a line for each part and kind. */
    String table() {
        Table table = new Columns<Kind>()
                .add("fault", Kind::fault)
                .add("injected", Kind::injected)
                .add("recovered", Kind::recovered)
                .add("standstill s, median", kind -> text(kind.median))
                .add("worst", kind -> text(kind.worst))
                .table(kinds());
        long passed = rounds.stream().filter(Verdict::isPassed).count();
        return table + "" + passed + " of " + rounds.size() + " rounds passed" + System.lineSeparator();
    }

    private static String text(@Nullable Double seconds) {
        return seconds == null ? "" : Format.text("%.1f", seconds);
    }

    /** {@code {"faults": [{"fault", "injected", "recovered", "median", "worst"}], "rounds": [{"round", "seed", "passed", ..}]}}. */
    byte[] json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(Map.of("faults", kinds(), "rounds", rounds));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
