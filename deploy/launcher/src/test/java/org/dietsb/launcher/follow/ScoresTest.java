package org.dietsb.launcher.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class ScoresTest {
    /** The worked example of SCIENCE: a quarter of these drops the examples 7 and 1. */
    private final Scores scores = new Scores(
            "s", 2, 3, 4.5, 600, "f", new double[] {.9, .1, .5, .1, .7, .3, 1.2, .05}, new int[] {0, 0, 0, 0, 1, 1, 1, 1
            });

    private static ObjectNode dieted(String order, boolean balanced, int keptOfFirst, int keptOfSecond) {
        ObjectNode run = Runs.run("diet", .25, .25);
        run.withObject("policy").put("order", order).put("balanced", balanced).put("scoreSet", "s");
        Runs.keptOfClass(run, "first", 4, keptOfFirst);
        return Runs.keptOfClass(run, "second", 4, keptOfSecond);
    }

    private void assertMeans(ObjectNode run, double kept, double dropped) {
        Scores.Means means = scores.means(run).orElseThrow();
        assertThat(means.kept()).isEqualTo(kept, within(1e-12));
        assertThat(means.dropped()).isEqualTo(dropped, within(1e-12));
    }

    @Test
    void computesTheMeansIfTheLowestAreDropped() {
        assertMeans(dieted("lowest", false, 3, 3), 3.7 / 6, .15 / 2);
    }

    @Test
    void computesTheMeansIfTheHighestAreDropped() {
        assertMeans(dieted("highest", false, 3, 3), 1.75 / 6, 2.1 / 2);
    }

    @Test
    void computesTheMeansPerClassIfBalanced() {
        assertMeans(dieted("lowest", true, 3, 3), 3.7 / 6, (.1 + .05) / 2);
        assertMeans(dieted("lowest", true, 2, 3), 3.6 / 5, (.1 + .1 + .05) / 3);
        assertMeans(dieted("highest", true, 3, 3), 1.75 / 6, (.9 + 1.2) / 2);
    }

    @Test
    void hasNoMeansWithoutDroppedExamplesOrWithRandomOnesOrByOtherScores() {
        assertThat(scores.means(dieted("lowest", false, 4, 4))).isEmpty();
        assertThat(scores.means(dieted("random", true, 3, 3))).isEmpty();
        ObjectNode other = dieted("lowest", false, 3, 3);
        other.withObject("policy").put("scoreSet", "other");
        assertThat(scores.means(other)).isEmpty();
    }

    @Test
    void addsCostAndMeansToASummary() {
        assertThat(Summaries.summary(dieted("lowest", false, 3, 3), scores)
                        .path("scoring")
                        .properties())
                .extracting(field -> field.getKey())
                .containsExactly("members", "epochs", "seconds", "examples", "meanEl2nKept", "meanEl2nDropped");
        assertThat(scores.toJson()).hasToString("{\"members\":2,\"epochs\":3,\"seconds\":4.5,\"examples\":600}");
        assertThat(scores.mean()).isEqualTo(3.85 / 8, within(1e-12));
    }
}
