package org.dietsb.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.launcher.text.Table;

/** All rounds, as a table and as JSON. */
record Summary(List<Verdict> rounds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    Summary {
        rounds = List.copyOf(rounds);
    }

    /** How long the run stood still after a fault, by part and kind, in seconds, ascending; NaN left out. */
    private Map<String, List<Double>> standstills() {
        Map<String, List<Double>> standstills = new TreeMap<>();
        for (Verdict round : rounds) {
            for (int i = 0; i < round.injected().size(); i++) {
                List<Double> of =
                        standstills.computeIfAbsent(name(round.injected().get(i)), key -> new ArrayList<>());
                if (!Double.isNaN(round.standstills().get(i))) {
                    of.add(round.standstills().get(i));
                }
            }
        }
        standstills.values().forEach(Collections::sort);
        return standstills;
    }

    private static String name(Injected injected) {
        return injected.fault().where() + " " + injected.fault().kind();
    }

    private long count(String name) {
        return rounds.stream()
                .flatMap(round -> round.injected().stream())
                .filter(injected -> name(injected).equals(name))
                .count();
    }

    /** A line for each part and kind. */
    String table() {
        Table table = new Table(List.of("fault", "injected", "recovered", "standstill s, median", "worst"));
        standstills()
                .forEach((name, seconds) -> table.row(List.of(
                        name,
                        String.valueOf(count(name)),
                        String.valueOf(seconds.size()),
                        seconds.isEmpty() ? "" : text(median(seconds)),
                        seconds.isEmpty() ? "" : text(seconds.get(seconds.size() - 1)))));
        return table
                + String.format(
                        Locale.ROOT,
                        "%d of %d rounds passed%n",
                        rounds.stream().filter(Verdict::isPassed).count(),
                        rounds.size());
    }

    private static double median(List<Double> ascending) {
        return (ascending.get((ascending.size() - 1) / 2) + ascending.get(ascending.size() / 2)) / 2;
    }

    private static String text(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }

    /** {@code {"faults": [{"fault", "injected", "recovered", "median", "worst"}], "rounds": [{"round", "seed", "passed", ..}]}}. */
    byte[] json() {
        ObjectNode report = JSON.createObjectNode();
        ArrayNode faults = report.putArray("faults");
        standstills().forEach((name, seconds) -> {
            ObjectNode one = faults.addObject()
                    .put("fault", name)
                    .put("injected", count(name))
                    .put("recovered", seconds.size());
            if (!seconds.isEmpty()) {
                one.put("median", median(seconds)).put("worst", seconds.get(seconds.size() - 1));
            }
        });
        ArrayNode all = report.putArray("rounds");
        for (Verdict round : rounds) {
            ObjectNode one = all.addObject()
                    .put("round", round.round())
                    .put("seed", round.seed())
                    .put("passed", round.isPassed())
                    .put("seconds", round.seconds())
                    .put("policies", round.policies())
                    .put("attempts", round.attempts())
                    .put("doubles", round.doubles())
                    .put("fenced", round.late());
            ArrayNode injected = one.putArray("faults");
            for (int i = 0; i < round.injected().size(); i++) {
                Injected fault = round.injected().get(i);
                ObjectNode node = injected.addObject()
                        .put("fault", name(fault))
                        .put("part", fault.part())
                        .put("atMillis", fault.atMillis())
                        .put("holdSeconds", fault.fault().hold().toMillis() / 1e3);
                if (!Double.isNaN(round.standstills().get(i))) {
                    node.put("standstillSeconds", round.standstills().get(i));
                }
            }
            round.complaints().forEach(one.putArray("complaints")::add);
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
