package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;
import org.jspecify.annotations.Nullable;

/** Shows the selector's policies in words and tables. */
public final class PolicyTables {
    private static final Map<String, String> DEFAULTS = Map.of(
            "losses", "fresh",
            "selectionScale", "1.0",
            "start", "0.0",
            "end", "1.0",
            "interrupt", "0",
            "balanced", "false");

    private PolicyTables() {}

    /** Lists every policy of a run, with a row for each part of the run that it judged. */
    public static Table history(JsonNode history) {
        Table table = new Table(List.of(
                "revision", "who", "when", "policy", "schedule", "in force", "accuracy", "s/epoch", "passes/epoch"));
        for (JsonNode one : history) {
            JsonNode effects = one.path("effects");
            if (effects.isEmpty()) {
                table.row(row(one, null));
            }
            effects.forEach(effect -> table.row(row(one, effect)));
        }
        return table;
    }

    private static List<String> row(JsonNode one, @Nullable JsonNode effect) {
        Stream<String> policy = Stream.of(
                one.path("revision").asText(),
                one.path("who").asText("order"),
                one.path("at").asText("-"),
                policy(one.path("policy")) + (one.has("rollsBackTo") ? " (as " + one.path("rollsBackTo") + ")" : ""),
                schedule(one));
        return Stream.concat(
                        policy,
                        effect == null
                                ? Stream.of("not yet", "-", "-", "-")
                                : Stream.of(
                                        stretch(effect),
                                        change(effect, "accuracy", "%.3f"),
                                        change(effect, "secondsPerEpoch", "%.2f"),
                                        change(effect, "passesPerEpoch", "%.3f")))
                .toList();
    }

    private static String stretch(JsonNode effect) {
        String from = place(effect);
        return effect.hasNonNull("until") ? from + " to " + place(effect.path("until")) : from + " on";
    }

    /** Returns epoch/batch; epochs count from 1, batches from 0. */
    private static String place(JsonNode place) {
        return place.path("epoch").asText() + "/" + place.path("batch").asText();
    }

    private static String change(JsonNode effect, String figure, String format) {
        return Format.number(format, effect.path("before").path(figure)) + " > "
                + Format.number(format, effect.path("after").path(figure));
    }

    /** Returns revision, policy and, if there is one, schedule. */
    public static String words(JsonNode view) {
        String schedule = schedule(view);
        return "revision " + view.path("revision").asLong() + ": " + policy(view.path("policy"))
                + (schedule.equals("-") ? "" : ", " + schedule);
    }

    private static String schedule(JsonNode view) {
        List<String> words = new ArrayList<>();
        for (String end : List.of("from", "until")) {
            JsonNode moment = view.path(end);
            if (moment.hasNonNull("epoch")) {
                words.add(end + " epoch " + moment.path("epoch").asInt());
            } else if (moment.hasNonNull("progress")) {
                words.add(end + " " + Math.round(1000 * moment.path("progress").asDouble()) / 10.0 + " %");
            }
        }
        return words.isEmpty() ? "-" : String.join(" ", words);
    }

    /** Returns the kind, then the parameters that differ from their defaults. */
    private static String policy(JsonNode policy) {
        List<String> words = new ArrayList<>(List.of(policy.path("kind").asText()));
        for (var field : policy.properties()) {
            if (!field.getKey().equals("kind") && !field.getValue().asText().equals(DEFAULTS.get(field.getKey()))) {
                words.add(field.getKey() + " " + field.getValue().asText());
            }
        }
        return String.join(", ", words);
    }

    /** Shows what the policy in force kept of a run's last batches, and what another would keep. */
    public static Table trial(JsonNode trial) {
        Table table = new Table(
                List.of("batch", "kept now", "would keep", "passes now", "would cost", "overlap", "still kept"));
        trial.path("batches").forEach(batch -> table.row(verdict(place(batch), batch.path("verdict"))));
        table.row(verdict("all", trial.path("all")));
        return table;
    }

    private static List<String> verdict(String what, JsonNode verdict) {
        return Stream.concat(
                        Stream.of(what),
                        Stream.of("shareKeptNow", "shareKept", "passesNow", "passes", "jaccard", "stillKept")
                                .map(field -> Format.number("%.3f", verdict.path(field))))
                .toList();
    }

    /** Lists every kind of policy with its cost, followed by its parameters. */
    public static Table catalogue(JsonNode kinds) {
        Table table = new Table(List.of("kind", "passes/epoch", "parameter", "allowed", "default", "meaning"));
        for (JsonNode kind : kinds) {
            table.row(List.of(
                    kind.path("kind").asText(),
                    Format.number("%.3f", kind.path("passes")),
                    "",
                    "",
                    "",
                    kind.path("rule").asText() + "; costs " + kind.path("cost").asText()));
            kind.path("parameters")
                    .forEach(parameter -> table.row(Stream.concat(
                                    Stream.of("", ""),
                                    Stream.of("name", "allowed", "defaultValue", "meaning")
                                            .map(field -> parameter.path(field).asText()))
                            .toList()));
        }
        return table;
    }
}
