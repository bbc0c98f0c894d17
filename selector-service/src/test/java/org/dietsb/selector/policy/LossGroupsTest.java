package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.junit.jupiter.api.Test;

class LossGroupsTest {
    private static final EpochRule.Epoch EPOCH = new EpochRule.Epoch(1, 2, 1_000);

    private static double loss(int index) {
        return Math.rint(RandomStream.uniform("loss", 1, index) * 300) / 100;
    }

    @Test
    void groupsDoNotDependOnHowManyLossesAreHeld() {
        BitSet members = new BitSet();
        IntStream.range(0, 1_000).filter(index -> index % 7 != 0).forEach(members::set);
        for (int groups : new int[] {2, 5, 40}) {
            for (int first = 0; first < groups; first++) {
                BitSet whole = new LossGroups(members, groups, LossGroupsTest::loss).between(first, first + 1, EPOCH);
                for (int held : new int[] {1, 100, members.cardinality() - 1}) {
                    assertThat(new LossGroups(members, groups, LossGroupsTest::loss, held)
                                    .between(first, first + 1, EPOCH))
                            .as("group %d of %d, %d held", first, groups, held)
                            .isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void everyMemberIsInOneGroupAndGroupsRise() {
        BitSet members = EpochRule.all(1_000);
        double hardest = -1;
        int all = 0;
        for (int group = 0; group < 8; group++) {
            BitSet of = new LossGroups(members, 8, LossGroupsTest::loss).between(group, group + 1, EPOCH);
            all += of.cardinality();
            assertThat(of.stream().mapToDouble(LossGroupsTest::loss).min().orElseThrow())
                    .isGreaterThan(hardest);
            hardest = of.stream().mapToDouble(LossGroupsTest::loss).max().orElseThrow();
        }
        assertThat(all).isEqualTo(1_000);
    }
}
