package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.dietsb.selector.history.LossHistory;

/** How often each example is selected, over many batches of the same losses, against how often it should be. */
final class Frequencies {
    private static final int DRAWS = 20_000;

    private Frequencies() {}

    /** Fails if a frequency is more than 4.5 standard errors of its binomial away: 1 in 150,000 by chance, and the seed is fixed. */
    static void agree(BatchRule rule, float[] losses, float[] before, double[] expected) {
        int[] counts = new int[losses.length];
        for (int draw = 0; draw < DRAWS; draw++) {
            LossHistory history = new LossHistory(1024);
            history.append(before);
            for (int place : rule.select(new Batch(42, 1 + draw / 100, draw % 100, losses.length, losses), history)) {
                counts[place]++;
            }
        }
        for (int place = 0; place < counts.length; place++) {
            double p = expected[place];
            double standardError = Math.sqrt(p * (1 - p) / DRAWS);
            assertThat((double) counts[place] / DRAWS)
                    .as("place %d of %s", place, rule)
                    .isBetween(p - 4.5 * standardError - 1e-12, p + 4.5 * standardError + 1e-12);
        }
    }
}
