package org.dietsb.selector.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.mask.Retracing;
import org.jspecify.annotations.Nullable;

/**
 * Why an example of a batch was selected or not.
 *
 * @param epoch from 1
 * @param batch from 0, within the epoch
 * @param example index in the unpruned training set
 * @param selected bit of the mask
 * @param weight in the loss; null if it was not selected
 * @param loss that it was judged by, in nats; null if there is none
 * @param rank of this loss in its batch, 1 = highest, ties share the best rank; null if there is none
 * @param batchSize number of examples of the batch; 0 if the example was in none
 * @param selectedOfBatch number of selected examples of the batch
 * @param probability that it is selected, in [0, 1], before the random numbers of the batch are drawn; null if none were drawn
 * @param why in words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explanation(
        String run,
        int epoch,
        int batch,
        int example,
        boolean selected,
        @Nullable Double weight,
        long revision,
        PolicyJson policy,
        @Nullable Double loss,
        @Nullable Integer rank,
        int batchSize,
        int selectedOfBatch,
        @Nullable Double probability,
        String why) {

    /** Explains why an epoch left an example out. */
    static Explanation leftOut(String run, int epoch, int batch, int example, Policy policy) {
        return new Explanation(
                run,
                epoch,
                batch,
                example,
                false,
                null,
                0,
                PolicyJson.of(policy),
                null,
                null,
                0,
                0,
                null,
                "the epoch leaves it out, before any batch: " + ofEpoch(policy));
    }

    private static String ofEpoch(Policy policy) {
        if (policy.kind() == PolicyKind.REPLAY) {
            return "so did the recorded epoch of run " + policy.of();
        }
        return policy.kind().byEpoch()
                ? policy.kind() + " chooses the examples of an epoch by the losses of earlier steps"
                : "the diet drops " + percent(policy.prePruned()) + " of the examples, order " + policy.order()
                        + (policy.scoreSet() == null ? "" : ", by score set " + policy.scoreSet());
    }

    /** Explains the mask of a batch at a place. */
    static Explanation of(
            String run, int epoch, int batch, int place, Retracing.Chosen chosen, Retracing.Judged judged) {
        int example = judged.indices()[place];
        boolean selected = judged.selected().get(place);
        Float loss =
                judged.losses().length > place && !Float.isNaN(judged.losses()[place]) ? judged.losses()[place] : null;
        Integer rank = null;
        if (loss != null) {
            rank = 1;
            for (float other : judged.losses()) {
                rank += other > loss ? 1 : 0;
            }
        }
        Double probability = judged.probabilities().length > place ? judged.probabilities()[place] : null;
        double weight = weight(judged, place)
                * (chosen.weighted() != null && chosen.weighted().get(example) ? chosen.weight() : 1);
        return new Explanation(
                run,
                epoch,
                batch,
                example,
                selected,
                selected ? weight : null,
                judged.revision(),
                PolicyJson.of(judged.policy()),
                loss == null ? null : Double.valueOf(loss),
                rank,
                judged.indices().length,
                judged.selected().cardinality(),
                probability,
                why(judged, selected, loss, rank, probability));
    }

    private static double weight(Retracing.Judged judged, int place) {
        return judged.weights().isEmpty() || !judged.selected().get(place)
                ? 1
                : judged.weights().get(judged.selected().get(0, place).cardinality());
    }

    private static String why(
            Retracing.Judged judged,
            boolean selected,
            @Nullable Float loss,
            @Nullable Integer rank,
            @Nullable Double probability) {
        Policy policy = judged.policy();
        String count = judged.selected().cardinality() + " of " + judged.indices().length;
        if (judged.whole()) {
            return "the batch is trained whole, by start, end or interrupt of the policy, or because a diet collects"
                    + " the error norms of the run's first epochs";
        }
        if (policy.kind() == PolicyKind.REPLAY) {
            return (selected ? "the recorded epoch of run " : "not in the recorded epoch of run ")
                    + policy.of()
                    + (selected ? " selected it" : "");
        }
        if (!policy.kind().selects() || policy.keep() == 1) {
            return "the policy trains on every example that the epoch keeps";
        }
        if (!policy.kind().byLoss()) {
            return "the policy draws " + count + " examples at random, each with probability " + share(probability)
                    + (selected ? "; this one was drawn" : "; this one was not drawn");
        }
        if (loss == null || rank == null || probability == null) {
            return "no loss of it is known: such examples are selected";
        }
        if (policy.kind() == PolicyKind.RHO) {
            return "its loss, less that of score set " + policy.scoreSet() + ", is " + (selected ? "" : "not ")
                    + "among the highest " + count + " of the batch";
        }
        String odds = "its loss ranks " + rank + " of " + judged.indices().length
                + " (1 = highest), which makes its probability " + share(probability);
        return odds + (selected ? "; it was drawn" : "; it was not drawn") + ", as one of "
                + (selected
                        ? count
                        : (judged.indices().length - judged.selected().cardinality()) + " that were not");
    }

    private static String share(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
