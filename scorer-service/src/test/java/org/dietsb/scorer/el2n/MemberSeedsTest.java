package org.dietsb.scorer.el2n;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberSeedsTest {

    @Test
    void noTwoMembersOfNeighbouringSeedsShareOne() {
        Set<Long> seeds = new HashSet<>();
        for (long seed = -50; seed < 50; seed++) {
            for (int member = 0; member < 100; member++) {
                assertThat(seeds.add(MemberSeeds.seed(seed, member))).isTrue();
            }
        }
        assertThat(seeds).allMatch(seed -> seed >= 0 && seed < 1L << 48);
    }

    @Test
    void noMemberHasTheSeedOfTheRunItself() {
        for (long seed = 0; seed < 1000; seed++) {
            assertThat(MemberSeeds.seed(seed, 0)).isNotEqualTo(seed);
        }
    }
}
