package org.dietsb.launcher.experiment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a method departs from its plain form.
 *
 * @param rule rank or percentile
 * @param batching shrink or accumulate
 * @param losses fresh, stale:N, a selection pass in every N-th epoch, or proxy:MODEL, none
 * @param selectionScale side of a selection pass's images, of their full size, in [1/4, 1]
 * @param balanced whether a diet drops the same share of each class
 * @param order which examples a diet drops: lowest, random or highest
 * @param scoresOf model whose scores the diet goes by, or own:N, the error norms of the run's own first N epochs; null = the model
 *     that is trained
 * @param masksOf model whose masks a replay goes by; null = the model that is trained
 */
public record Variation(
        String rule,
        String batching,
        String losses,
        double selectionScale,
        boolean balanced,
        String order,
        @Nullable String scoresOf,
        @Nullable String masksOf) {

    private static final String OWN = "own:";

    public static final Variation PLAIN = new Variation("rank", "shrink", "fresh", 1, false, "lowest", null, null);

    public boolean isPlain() {
        return equals(PLAIN);
    }

    /** Whether examples are dropped without a look at scores. */
    public boolean isDrawn() {
        return order.equals("random");
    }

    /** Whether another run, of a small model, is trained beside. */
    public boolean hasProxy() {
        return losses.startsWith("proxy:");
    }

    /** How many of its own first epochs the diet goes by, trained whole; 0 = none. */
    public int ownEpochs() {
        return scoresOf != null && scoresOf.startsWith(OWN) ? Integer.parseInt(scoresOf.substring(OWN.length())) : 0;
    }

    /** Cost of its selection passes, of a forward pass over each example in each epoch. */
    double selectionCost() {
        if (hasProxy()) {
            return 0;
        }
        double every = losses.equals("fresh") ? 1 : Double.parseDouble(losses.substring("stale:".length()));
        return selectionScale * selectionScale / every;
    }

    /** What is not plain, in words; empty if all is. */
    public List<String> words() {
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
        return words;
    }

    private static void add(List<String> words, boolean departs, String word) {
        if (departs) {
            words.add(word);
        }
    }
}
