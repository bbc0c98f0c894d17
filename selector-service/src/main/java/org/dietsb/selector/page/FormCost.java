package org.dietsb.selector.page;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.ScoringField;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.NominalRate;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.PolicyCost;

/**
 * What the typed policy costs.
 *
 * @param words the share that is trained and the cost as numbers
 * @param how how they are computed
 */
record FormCost(String words, String how) {
    private static final String ANY = "any";

    static FormCost of(PolicyKind kind, String formula, Typed typed) {
        Policy policy;
        try {
            policy = typed.with(Map.of(
                            "kind",
                            kind.label(),
                            "scoreSet",
                            typed.text("scoreSet").isEmpty() ? ANY : typed.text("scoreSet"),
                            "of",
                            typed.text("of").isEmpty() ? ANY : typed.text("of")))
                    .policy();
        } catch (IllegalArgumentException invalid) {
            return new FormCost("The cost shows once every value is allowed.", "");
        }
        if (kind.replays()) {
            return new FormCost("Costs what the examples cost that the other run selected.", "");
        }
        double judged = judged(policy);
        double whole = 1 - policy.prePruned();
        double passes = judged * PolicyCost.passes(policy) + (1 - judged) * whole;
        return new FormCost(
                words(policy, judged, whole, passes) + ofRun(typed, policy, passes),
                "Cost of an epoch: " + formula + (judged < 1 ? ", of the batches that the policy judges" : "")
                        + ". A selection pass, forward alone, counts a third of training an example.");
    }

    private static String words(Policy policy, double judged, double whole, double passes) {
        OptionalDouble nominal = NominalRate.of(policy);
        if (NominalRate.differs(policy.kind()) || nominal.isEmpty()) {
            return "Only a run tells what it leaves out: an epoch costs between " + number(passes) + " and "
                    + number(whole) + " of one that trains on everything.";
        }
        double trained = judged * (1 - nominal.getAsDouble()) + (1 - judged) * whole;
        if (trained == 1) {
            return "Trains on every example; the cost of other policies is relative to this.";
        }
        double selection = passes - trained;
        return "Trains " + percent(trained) + " of the examples; an epoch costs " + number(passes)
                + " of one that trains on everything"
                + (selection > 1e-9
                        ? ": " + number(selection) + " for selection passes, " + number(trained) + " for training."
                        : ".");
    }

    /** Returns the cost of the typed run; empty if the form orders none, or its epochs are not typed well. */
    private static String ofRun(Typed typed, Policy policy, double passes) {
        if (typed.text(PolicyForm.ORDERS).isEmpty()) {
            return "";
        }
        String text = typed.text(OrderField.EPOCHS.label());
        int epochs;
        try {
            epochs = text.isEmpty() ? OrderField.EPOCHS.usualWhole() : Integer.parseInt(text);
        } catch (NumberFormatException none) {
            return "";
        }
        if (!OrderField.EPOCHS.allows(epochs)) {
            return "";
        }
        int scored = ScoringField.MEMBERS.usualWhole() * Math.min(epochs, ScoringField.SCORING_EPOCHS.usualWhole());
        return " Over " + Words.epochs(epochs) + ": " + number(passes * epochs)
                + " passes over the training set in place of " + epochs
                + (ANY.equals(policy.scoreSet()) ? ", and " + scored + " for scoring, once." : ".");
    }

    /** Returns the share of the batches or epochs that the policy judges; the others are trained whole. */
    private static double judged(Policy policy) {
        if (!policy.kind().prunes()) {
            return 1;
        }
        double between = policy.end() - policy.start();
        return policy.interrupt() == 0 ? between : between * (1 - 1.0 / policy.interrupt());
    }

    private static String percent(double share) {
        return Share.words(Math.round(share * 1_000) / 10.0) + " %";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }
}
