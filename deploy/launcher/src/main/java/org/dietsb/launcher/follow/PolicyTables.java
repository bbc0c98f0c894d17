package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
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

    /** A policy of a run, and a part of the run that it judged; null if there is none yet. */
    private record Judged(JsonNode policy, @Nullable JsonNode effect) {
        String effect(Function<JsonNode, String> words) {
            return effect == null ? "-" : words.apply(effect);
        }
    }

    /** Lists every policy of a run, with a row for each part of the run that it judged. */
    public static Table history(JsonNode history) {
        List<Judged> rows = new ArrayList<>();
        for (JsonNode one : history) {
            if (one.path("effects").isEmpty()) {
                rows.add(new Judged(one, null));
            }
            one.path("effects").forEach(effect -> rows.add(new Judged(one, effect)));
        }
        return new Columns<Judged>()
                .add("revision", row -> row.policy.path("revision").asText())
                .add("who", row -> row.policy.path("who").asText("order"))
                .add("when", row -> row.policy.path("at").asText("-"))
                .add("policy", row -> policy(row.policy.path("policy")) + source(row.policy))
                .add("schedule", row -> schedule(row.policy))
                .add("in force", row -> row.effect == null ? "not yet" : stretch(row.effect))
                .add("accuracy", row -> row.effect(effect -> change(effect, "accuracy", "%.3f")))
                .add("s/epoch", row -> row.effect(effect -> change(effect, "secondsPerEpoch", "%.2f")))
                .add("passes/epoch", row -> row.effect(effect -> change(effect, "passesPerEpoch", "%.3f")))
                .table(rows);
    }

    private static String source(JsonNode one) {
        return one.has("rollsBackTo") ? " (as " + one.path("rollsBackTo") + ")" : "";
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
        List<JsonNode> rows = new ArrayList<>(Json.elements(trial.path("batches")));
        rows.add(Json.object().set("verdict", trial.path("all")));
        return new Columns<JsonNode>()
                .add("batch", row -> row.has("batch") ? place(row) : "all")
                .add("kept now", row -> Format.number("%.3f", row.at("/verdict/shareKeptNow")))
                .add("would keep", row -> Format.number("%.3f", row.at("/verdict/shareKept")))
                .add("passes now", row -> Format.number("%.3f", row.at("/verdict/passesNow")))
                .add("would cost", row -> Format.number("%.3f", row.at("/verdict/passes")))
                .add("overlap", row -> Format.number("%.3f", row.at("/verdict/jaccard")))
                .add("still kept", row -> Format.number("%.3f", row.at("/verdict/stillKept")))
                .table(rows);
    }

    /** Says what an epoch under the policy would take; nothing if there is no forecast. */
    public static String forecast(JsonNode forecast) {
        return forecast.isMissingNode()
                ? ""
                : Format.text(
                        "Forecast of an epoch: %s of the training set, %.1f s (%.1f s so far)%n",
                        Format.percent(forecast.path("kept").asDouble()),
                        forecast.path("seconds").asDouble(),
                        forecast.path("secondsNow").asDouble());
    }

    /** Lists every kind of policy with its cost, followed by its parameters. */
    public static Table catalogue(JsonNode kinds) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode kind : kinds) {
            rows.add(kind);
            kind.path("parameters").forEach(rows::add);
        }
        return new Columns<JsonNode>()
                .add("kind", row -> row.path("kind").asText())
                .add("passes/epoch", row -> row.has("kind") ? Format.number("%.3f", row.path("passes")) : "")
                .add("parameter", row -> row.path("name").asText())
                .add("allowed", row -> row.path("allowed").asText())
                .add("default", row -> row.path("defaultValue").asText())
                .add("meaning", PolicyTables::meaning)
                .table(rows);
    }

    private static String meaning(JsonNode row) {
        return row.has("kind")
                ? row.path("rule").asText() + "; costs " + row.path("cost").asText()
                : row.path("meaning").asText();
    }
}
