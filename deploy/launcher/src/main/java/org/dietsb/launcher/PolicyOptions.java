package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a policy, and the policy as JSON. */
final class PolicyOptions {
    static final List<String> KINDS =
            List.of("baseline", "random", "selective", "diet", "diet-selective", "diet-random");

    @Option(
            names = "--keep",
            description = "share of each batch, after the diet, to backpropagate, in (0, 1]; "
                    + "default 1/2, with a diet 2/3")
    @Nullable
    Fraction keep;

    @Option(
            names = "--pre-pruned",
            description = "share of all examples a diet drops before training, in [0, 1); default 1/4")
    @Nullable
    Fraction prePruned;

    @Option(names = "--rule", description = "rank (default) or percentile")
    @Nullable
    String rule;

    @Option(names = "--batching", description = "shrink (default) or accumulate")
    @Nullable
    String batching;

    @Option(names = "--losses", description = "fresh (default); stale:N comes later")
    @Nullable
    String losses;

    @Option(names = "--selection-scale", description = "1 (default); others come later")
    @Nullable
    Fraction selectionScale;

    @Option(names = "--balanced", description = "a diet drops the same share of each class")
    boolean balanced;

    @Option(names = "--order", description = "which examples a diet drops: lowest (default), random, highest")
    @Nullable
    String order;

    @Option(names = "--score-set", description = "EL2N scores of a diet; train computes them if none is named")
    @Nullable
    String scoreSet;

    static boolean hasDiet(String kind) {
        return kind.startsWith("diet");
    }

    boolean needsScores(String kind) {
        return hasDiet(kind) && (balanced || !"random".equals(order)) && scoreSet == null;
    }

    /** The policy of this kind, as far as it was said; what a kind has no use for is left out. */
    ObjectNode toJson(String kind, @Nullable String scores) {
        if (!KINDS.contains(kind)) {
            String later = kind.equals("infobatch") ? " (infobatch comes later)" : "";
            throw new UserError("policy is " + kind + ", allowed is one of " + String.join(", ", KINDS) + later);
        }
        boolean diet = hasDiet(kind);
        boolean selects = !kind.equals("baseline") && !kind.equals("diet");
        ObjectNode policy = Rest.JSON.createObjectNode().put("kind", kind);
        double kept = share(keep, diet ? 2.0 / 3 : .5);
        if (!(kept > 0 && kept <= 1)) {
            throw new UserError("keep is " + kept + ", allowed is (0, 1]");
        }
        if (selects) {
            policy.put("keep", kept);
            put(policy, "batching", batching);
        }
        if (kind.endsWith("selective")) {
            put(policy, "rule", rule);
            put(policy, "losses", losses);
            if (selectionScale != null) {
                policy.put("selectionScale", selectionScale.value());
            }
        }
        if (diet) {
            double dropped = share(prePruned, .25);
            if (!(dropped >= 0 && dropped < 1)) {
                throw new UserError(
                        "pre-pruned is " + dropped + ", allowed is [0, 1): more would leave nothing to train on");
            }
            policy.put("prePruned", dropped);
            put(policy, "order", order);
            policy.put("balanced", balanced);
            put(policy, "scoreSet", scoreSet != null ? scoreSet : scores);
        }
        return policy;
    }

    private static double share(@Nullable Fraction given, double otherwise) {
        return given == null ? otherwise : given.value();
    }

    private static void put(ObjectNode node, String field, @Nullable String value) {
        if (value != null) {
            node.put(field, value);
        }
    }
}
