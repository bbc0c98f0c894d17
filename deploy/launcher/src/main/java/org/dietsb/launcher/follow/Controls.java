package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;

/**
 * The controls of a finished run, of the same seed: everything at equal cost in as many steps, and as many examples of each epoch and
 * batch at random.
 */
public final class Controls {
    public static final String EQUAL_COST = "equal cost";
    public static final String RANDOM = "random";

    private Controls() {}

    /** Whether a summary is that of a control. */
    static boolean isControl(JsonNode run) {
        return run.has("control");
    }

    /** Marks the summary of a control. */
    public static ObjectNode marked(ObjectNode summary, String kind, JsonNode method) {
        summary.putObject("control")
                .put("kind", kind)
                .put("of", method.path("runId").asText());
        return summary;
    }

    /**
     * Returns the order of the control of equal cost; empty if the run is a baseline, or took no step.
     *
     * @param order of the run
     * @param finished the run
     */
    public static Optional<ObjectNode> equalCost(ObjectNode order, JsonNode finished) {
        double trained = Summaries.sum(finished, "backwardExamples");
        if (Summaries.isBaseline(finished) || !Summaries.noEvidence(finished).isEmpty() || trained == 0) {
            return Optional.empty();
        }
        double passes = (Summaries.sum(finished, "scaledSelectionExamples") / 3 + trained)
                / finished.path("examples").asDouble();
        ObjectNode control = order.deepCopy()
                .put(
                        "batchSize",
                        equalSteps(
                                order.path("batchSize").asInt(),
                                finished,
                                passes * finished.path("examples").asDouble() / trained))
                .put("budget", "passes=" + Format.text("%.3f", passes));
        control.remove("id");
        control.set("policy", Json.object().put("kind", PolicyKind.BASELINE.label()));
        return Optional.of(control);
    }

    /**
     * Returns the batch size with which the control takes as many steps: the examples that a step was made of, which are what a batch
     * kept on average if it shrank, else all of the batch, and their share of the selection passes.
     *
     * @param cost of the run relative to that of its trained examples alone
     */
    private static int equalSteps(int batchSize, JsonNode finished, double cost) {
        boolean shrank = finished.at("/policy/batching").asText().equals("shrink");
        double kept = shrank ? Summaries.sum(finished, "selected") / Summaries.sum(finished, "seen") : 1;
        return (int) Math.max(1, Math.round(kept * batchSize * cost));
    }

    /**
     * Returns the order of the random control; empty if the run itself chooses at random, or not at all.
     *
     * @param order of the run
     * @param finished the run
     */
    public static Optional<ObjectNode> random(LocalSystem system, ObjectNode order, JsonNode finished) {
        String kind = Summaries.kind(finished);
        if (!Summaries.noEvidence(finished).isEmpty()
                || kind.equals(PolicyKind.BASELINE.label())
                || kind.equals(PolicyKind.RANDOM.label())) {
            return Optional.empty();
        }
        ObjectNode policy = Json.object()
                .put("kind", PolicyKind.RANDOM_LIKE.label())
                .put(
                        "of",
                        Records.complete(
                                system, finished.path("runId").asText(), Records.Need.COUNTS, Records.MAX_POLLS));
        JsonNode batching = finished.at("/policy/batching");
        if (batching.isTextual()) {
            policy.set("batching", batching);
        }
        ObjectNode control = order.deepCopy();
        control.remove("id");
        control.set("policy", policy);
        return Optional.of(control);
    }
}
