package org.dietsb.launcher.summary;

import org.dietsb.launcher.text.Table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the selector says of policies, in words and tables. */
public final class PolicyTables {
    private static final Map<String, String> USUAL = Map.of(
            "losses", "fresh",
            "selectionScale", "1.0",
            "start", "0.0",
            "end", "1.0",
            "interrupt", "0",
            "balanced", "false");

    private PolicyTables() {}

    /** Every policy of a run, a row for each stretch of the run that it judged. */
    public static Table history(JsonNode history) {
        Table table = new Table(List.of(
                "revision", "who", "when", "policy", "schedule", "in force", "accuracy", "s/epoch", "passes/epoch"));
        for (JsonNode one : history) {
            List<JsonNode> effects = new ArrayList<>();
            one.path("effects").forEach(effects::add);
            table.row(row(one, effects.isEmpty() ? null : effects.get(0)));
            effects.stream().skip(1).forEach(effect -> table.row(row(one, effect)));
        }
        return table;
    }

    private static List<String> row(JsonNode one, @Nullable JsonNode effect) {
        List<String> cells = new ArrayList<>(List.of(
                one.path("revision").asText(),
                one.path("who").asText("order"),
                one.path("at").asText("-"),
                policy(one.path("policy")) + (one.has("rollsBackTo") ? " (as " + one.path("rollsBackTo") + ")" : ""),
                schedule(one)));
        cells.addAll(
                effect == null
                        ? List.of("not yet", "-", "-", "-")
                        : List.of(
                                stretch(effect),
                                change(effect, "accuracy", "%.3f"),
                                change(effect, "secondsPerEpoch", "%.2f"),
                                change(effect, "passesPerEpoch", "%.3f")));
        return cells;
    }

    private static String stretch(JsonNode effect) {
        String from = place(effect);
        return effect.hasNonNull("until") ? from + " to " + place(effect.path("until")) : from + " on";
    }

    /** Epoch from 1, batch from 0. */
    private static String place(JsonNode place) {
        return place.path("epoch").asText() + "/" + place.path("batch").asText();
    }

    /** Before and after; a dash where it is not known. */
    private static String change(JsonNode effect, String figure, String format) {
        return number(effect.path("before").path(figure), format) + " > "
                + number(effect.path("after").path(figure), format);
    }

    private static String number(JsonNode value, String format) {
        return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "-";
    }

    /** Its revision, policy and schedule, if it has one. */
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

    /** The kind, then what is not as usual. */
    private static String policy(JsonNode policy) {
        List<String> words = new ArrayList<>(List.of(policy.path("kind").asText()));
        for (var field : policy.properties()) {
            if (!field.getKey().equals("kind") && !field.getValue().asText().equals(USUAL.get(field.getKey()))) {
                words.add(field.getKey() + " " + field.getValue().asText());
            }
        }
        return String.join(", ", words);
    }

    /** A run's last batches, what was kept of them and what would have been. */
    public static Table trial(JsonNode trial) {
        Table table = new Table(
                List.of("batch", "kept now", "would keep", "passes now", "would cost", "overlap", "still kept"));
        for (JsonNode batch : trial.path("batches")) {
            table.row(verdict(place(batch), batch.path("verdict")));
        }
        table.row(verdict("all", trial.path("all")));
        return table;
    }

    private static List<String> verdict(String what, JsonNode verdict) {
        return List.of(
                what,
                number(verdict.path("shareKeptNow"), "%.3f"),
                number(verdict.path("shareKept"), "%.3f"),
                number(verdict.path("passesNow"), "%.3f"),
                number(verdict.path("passes"), "%.3f"),
                number(verdict.path("jaccard"), "%.3f"),
                number(verdict.path("stillKept"), "%.3f"));
    }

    /** Every kind with its cost, and under it its parameters. */
    public static Table catalogue(JsonNode kinds) {
        Table table = new Table(List.of("kind", "passes/epoch", "parameter", "allowed", "default", "meaning"));
        for (JsonNode kind : kinds) {
            table.row(List.of(
                    kind.path("kind").asText(),
                    number(kind.path("passes"), "%.3f"),
                    "",
                    "",
                    "",
                    kind.path("rule").asText() + "; costs " + kind.path("cost").asText()));
            for (JsonNode parameter : kind.path("parameters")) {
                table.row(List.of(
                        "",
                        "",
                        parameter.path("name").asText(),
                        parameter.path("allowed").asText(),
                        parameter.path("defaultValue").asText(),
                        parameter.path("meaning").asText()));
            }
        }
        return table;
    }
}
