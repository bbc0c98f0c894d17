package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Swaps a run's policy, or tells which it has and had. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Swap the policy of a run now: it judges the next batch; a change of diet the next epoch. "
                + "Without KIND: the policies the run has and had.")
final class PolicyCommand implements Callable<Integer> {
    private static final Map<String, String> USUAL = Map.of(
            "losses", "fresh",
            "selectionScale", "1.0",
            "start", "0.0",
            "end", "1.0",
            "interrupt", "0",
            "balanced", "false");

    @Parameters(index = "0", paramLabel = "RUN", description = "id of the run, as dietsb runs shows it")
    private String run = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
    private @Nullable Kind kind;

    @Mixin
    private PolicyOptions options = new PolicyOptions();

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        options.check(kind == null ? List.of() : List.of(kind));
        ports.check();
        Rest selector = LocalSystem.up(ports).selector;
        String path = "/runs/" + URLEncoder.encode(run, StandardCharsets.UTF_8) + "/policy";
        if (kind == null) {
            System.out.print(history(selector.get(path + "/history")));
            return 0;
        }
        Rest.Reply was = selector.read(path);
        JsonNode is = selector.put(path + "?who=dietsb", asked(kind, was.body()), was.etag());
        System.out.println("was  " + words(was.body()));
        System.out.println("is   " + words(is));
        return 0;
    }

    /** A diet goes by the scores that were named, or else by those the run's diet went by until now. */
    private ObjectNode asked(Kind wanted, JsonNode was) {
        String scores = was.path("policy").path("scoreSet").asText("");
        if (options.needsScores(wanted) && scores.isEmpty()) {
            throw new WrongUsage("--score-set is missing: the diet of " + wanted + " goes by EL2N scores, and that of "
                    + run + " has none yet (see dietsb score)");
        }
        return options.toJson(wanted, options.needsScores(wanted) ? scores : null);
    }

    private static Table history(JsonNode history) {
        Table table = new Table(List.of("revision", "who", "when", "policy"));
        for (JsonNode one : history) {
            table.row(List.of(
                    one.path("revision").asText(),
                    one.path("who").asText("order"),
                    one.path("at").asText("-"),
                    policy(one.path("policy"))));
        }
        return table;
    }

    private static String words(JsonNode view) {
        return "revision " + view.path("revision").asLong() + ": " + policy(view.path("policy"));
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
}
