package org.dietsb.launcher.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The accuracy of a method minus that of its controls, paired by seed: whether leaving out examples beats training less, and whether
 * its choice matters.
 *
 * @param equalCost minus everything, for as many passes in batches of the same size
 * @param random minus as many examples of each epoch and batch at random; null if the method itself chooses at random
 */
public record AgainstControls(Sample equalCost, @Nullable Sample random) {
    /** Number of seeds from which on a method that is not above its controls counts as no better. */
    public static final int ENOUGH_SEEDS = 5;

    /** How a method stands. */
    public enum Standing {
        BETTER("better than training less"),
        NO_BETTER("no better than training less"),
        NOT_SHOWN("not shown");

        private final String words;

        Standing(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private List<Sample> controls() {
        return random == null ? List.of(equalCost) : List.of(equalCost, random);
    }

    private int n() {
        return controls().stream().mapToInt(Sample::n).min().orElse(0);
    }

    /**
     * Better if the 95 % intervals of all differences lie above 0. No better if one lies below 0 or, with enough seeds, if one does not
     * lie above it. Otherwise nothing is shown.
     */
    public Standing standing() {
        if (controls().stream().allMatch(one -> one.low() > 0)) {
            return Standing.BETTER;
        }
        boolean below = controls().stream().anyMatch(one -> one.high() < 0);
        return below || n() >= ENOUGH_SEEDS ? Standing.NO_BETTER : Standing.NOT_SHOWN;
    }

    /** Describes the standing and why. */
    public String words() {
        return switch (standing()) {
            case BETTER -> Standing.BETTER.toString();
            case NO_BETTER -> Standing.NO_BETTER + ": not above " + String.join(" and ", notBeaten());
            case NOT_SHOWN ->
                n() == 0 ? Standing.NOT_SHOWN + ": no " + String.join(" and no ", missing()) : notEnough();
        };
    }

    private String notEnough() {
        return Standing.NOT_SHOWN + ": n = " + n();
    }

    private List<String> notBeaten() {
        return names(one -> !(one.low() > 0));
    }

    private List<String> missing() {
        return names(one -> one.n() == 0);
    }

    private List<String> names(Predicate<Sample> of) {
        List<String> names = new ArrayList<>();
        if (of.test(equalCost)) {
            names.add("equal cost");
        }
        if (random != null && of.test(random)) {
            names.add("random");
        }
        return names;
    }
}
