package org.dietsb.launcher.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.policy.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * How a method differs from its plain form.
 *
 * @param rule rank or percentile
 * @param batching shrink or accumulate
 * @param losses fresh; stale:N, a selection pass in every N-th epoch; or proxy:MODEL, no selection pass
 * @param selectionScale side length of images in selection passes as a share of the full size, in [1/4, 1]
 * @param balanced whether a diet drops the same share of each class
 * @param order which examples a diet drops: lowest, random or highest
 * @param scoresOf model whose scores the diet uses, or own:N, the error norms of the run's own first N epochs; null = the
 *     trained model
 * @param masksOf model whose masks a replay uses; null = the trained model
 * @param numbers numbers of its kind that are not at their defaults
 */
public record Variation(
        String rule,
        String batching,
        String losses,
        double selectionScale,
        boolean balanced,
        String order,
        @Nullable String scoresOf,
        @Nullable String masksOf,
        Map<Parameter, Double> numbers) {

    private static final String OWN = "own:";

    public static final Variation PLAIN =
            new Variation("rank", "shrink", "fresh", 1, false, "lowest", null, null, Map.of());

    /** Keeps the numbers in their order. */
    public Variation {
        numbers = numbers.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(numbers));
    }

    Variation batched(String other) {
        return new Variation(rule, other, losses, selectionScale, balanced, order, scoresOf, masksOf, numbers);
    }

    public boolean isPlain() {
        return equals(PLAIN);
    }

    /** Whether examples are dropped at random rather than by scores. */
    boolean isDrawn() {
        return order.equals("random");
    }

    /** Whether a proxy, a run of a small model, is trained in parallel. */
    public boolean hasProxy() {
        return losses.startsWith("proxy:");
    }

    /** Returns the number of own first epochs that the diet uses, which are trained whole; 0 = none. */
    int ownEpochs() {
        return scoresOf != null && scoresOf.startsWith(OWN) ? Integer.parseInt(scoresOf.substring(OWN.length())) : 0;
    }

    /** Returns the cost of selection passes relative to a forward pass over every example in every epoch. */
    double selectionCost() {
        if (hasProxy()) {
            return 0;
        }
        double every = losses.equals("fresh") ? 1 : Double.parseDouble(losses.substring("stale:".length()));
        return selectionScale * selectionScale / every;
    }

    /** Describes whatever is not plain; empty if everything is. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        add(words, !rule.equals(PLAIN.rule), rule);
        add(words, !batching.equals(PLAIN.batching), batching);
        add(words, !losses.equals(PLAIN.losses), losses);
        add(words, selectionScale != 1, "selection at " + selectionScale);
        add(words, balanced, "balanced");
        add(words, order.equals("highest"), "highest dropped");
        add(
                words,
                scoresOf != null,
                "scores of " + (ownEpochs() > 0 ? "its first " + ownEpochs() + " epochs" : scoresOf));
        add(words, masksOf != null, "masks of " + masksOf);
        numbers.forEach((number, value) -> words.add(number.label() + " " + Parameter.number(value)));
        return words;
    }

    private static void add(List<String> words, boolean differs, String word) {
        if (differs) {
            words.add(word);
        }
    }
}
