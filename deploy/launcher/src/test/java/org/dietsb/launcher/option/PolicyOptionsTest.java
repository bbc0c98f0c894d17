package org.dietsb.launcher.option;

import static org.assertj.core.api.Assertions.assertThat;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PolicyOptionsTest {
    private final PolicyOptions options = new PolicyOptions();

    @Test
    void leavesABaselineWithoutParameters() {
        assertThat(options.toJson(PolicyKind.BASELINE, null)).hasToString("{\"kind\":\"baseline\"}");
    }

    @Test
    void keepsHalfAndTwoThirdsAfterADiet() {
        assertThat(options.toJson(PolicyKind.RANDOM, null)).hasToString("{\"kind\":\"random\",\"keep\":0.5}");
        assertThat(options.toJson(PolicyKind.DIET_RANDOM, "s"))
                .hasToString("{\"kind\":\"diet-random\",\"keep\":0.6666666666666666,\"prePruned\":0.25,"
                        + "\"balanced\":false,\"scoreSet\":\"s\"}");
    }

    @Test
    void givesEachKindOnlyTheParametersItUses() {
        // Given
        options.keep = .4;
        options.rule = Policy.Rule.PERCENTILE;
        options.batching = Policy.Batching.ACCUMULATE;
        options.losses = Losses.parse("stale:3");
        options.selectionScale = .5;
        options.prePruned = .1;
        options.order = Policy.DietOrder.HIGHEST;
        options.balanced = true;
        // Then
        assertThat(options.toJson(PolicyKind.BASELINE, null)).hasToString("{\"kind\":\"baseline\"}");
        assertThat(options.toJson(PolicyKind.RANDOM, null))
                .hasToString("{\"kind\":\"random\",\"keep\":0.4,\"batching\":\"accumulate\"}");
        assertThat(options.toJson(PolicyKind.SELECTIVE, null))
                .hasToString("{\"kind\":\"selective\",\"keep\":0.4,\"batching\":\"accumulate\",\"rule\":\"percentile\","
                        + "\"losses\":\"stale:3\",\"selectionScale\":0.5}");
        assertThat(options.toJson(PolicyKind.INFOBATCH, null)).hasToString("{\"kind\":\"infobatch\",\"keep\":0.4}");
        assertThat(options.toJson(PolicyKind.REPB, null)).hasToString("{\"kind\":\"repb\",\"keep\":0.4}");
        assertThat(options.toJson(PolicyKind.DIET, "s"))
                .hasToString("{\"kind\":\"diet\",\"prePruned\":0.1,\"order\":\"highest\",\"balanced\":true,"
                        + "\"scoreSet\":\"s\"}");
    }

    @Test
    void givesEachKindItsOwnNumbersAndTheMomentFromWhichAllIsTrained() {
        CommandLine.populateCommand(
                options, "--set", "tau=.5", "--set", "draw=2/3", "--keep", ".25", "--start", ".1", "--end", ".8");

        assertThat(options.toJson(PolicyKind.ORDERDP, null))
                .hasToString(
                        "{\"kind\":\"orderdp\",\"keep\":0.25,\"start\":0.1,\"end\":0.8,\"draw\":0.6666666666666666}");
        assertThat(options.toJson(PolicyKind.PROGRESSIVE, null))
                .hasToString("{\"kind\":\"progressive\",\"start\":0.1,\"end\":0.8,\"tau\":0.5}");
        assertThat(options.toJson(PolicyKind.BASELINE, null)).hasToString("{\"kind\":\"baseline\"}");
    }

    @Test
    void hasAProxyIfItUsesItsLosses() {
        assertThat(options.hasProxy(PolicyKind.SELECTIVE)).isFalse();
        options.losses = Losses.parse("proxy:resnet8");
        assertThat(options.hasProxy(PolicyKind.SELECTIVE)).isTrue();
        assertThat(options.hasProxy(PolicyKind.RANDOM)).isFalse();
        assertThat(options.toJson(PolicyKind.SELECTIVE, null).path("losses").asText())
                .isEqualTo("proxy:resnet8");
    }

    @Test
    void needsScoresUnlessTheyAreNamedOrTheDietIsRandom() {
        assertThat(options.needsScores(PolicyKind.RANDOM)).isFalse();
        assertThat(options.needsScores(PolicyKind.DIET)).isTrue();
        options.order = Policy.DietOrder.RANDOM;
        assertThat(options.needsScores(PolicyKind.DIET)).isFalse();
        options.balanced = true;
        assertThat(options.needsScores(PolicyKind.DIET)).isTrue();
        options.scoreSet = "named";
        assertThat(options.needsScores(PolicyKind.DIET)).isFalse();
        assertThat(options.goesByScores(PolicyKind.DIET)).isTrue();
        assertThat(options.toJson(PolicyKind.DIET, "other").path("scoreSet").asText())
                .isEqualTo("named");
    }
}
