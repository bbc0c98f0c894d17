package org.dietsb.faults.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The plan of a round is a function of its seed. */
class PlanTest {
    @Test
    void sixteenConsecutiveSeedsHaveEachKindAtEachPart() {
        assertThat(LongStream.range(5, 21)
                        .mapToObj(seed -> Plan.of(seed, "scores", "recorded"))
                        .map(plan -> turn(plan))
                        .distinct())
                .hasSize(16);
    }

    private static String turn(Plan plan) {
        Fault.Where where = Plan.inTurn(Fault.Where.values(), plan.seed());
        Fault.Kind kind = Plan.inTurn(Fault.Kind.values(), plan.seed() / Fault.Where.values().length);
        assertThat(plan.faults()).anyMatch(fault -> fault.where() == where && fault.kind() == kind);
        return where + " " + kind;
    }

    @Test
    void equalSeedsHaveEqualPlans() {
        assertThat(Plan.of(17, "scores", "recorded"))
                .isEqualTo(Plan.of(17, "scores", "recorded"))
                .isNotEqualTo(Plan.of(18, "scores", "recorded"));
    }

    @Test
    void everyFifthSeedHasAProxyAndNoSwap() {
        assertThat(LongStream.range(0, 50).mapToObj(seed -> Plan.of(seed, "scores", "recorded")))
                .filteredOn(plan -> plan.first().proxy() != null)
                .hasSize(10)
                .allMatch(plan -> plan.swaps().isEmpty() && plan.faults().size() >= 2);
    }

    @Test
    void aFaultOfTheScorerImpliesAScoring() {
        assertThat(LongStream.range(0, 50).mapToObj(seed -> Plan.of(seed, "scores", "recorded")))
                .filteredOn(plan -> plan.faults().stream().anyMatch(fault -> fault.where() == Fault.Where.SCORER))
                .isNotEmpty()
                .allMatch(Plan::scores);
    }
}
