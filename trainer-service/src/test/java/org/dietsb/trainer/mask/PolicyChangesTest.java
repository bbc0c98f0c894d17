package org.dietsb.trainer.mask;

import static org.assertj.core.api.Assertions.assertThat;

import org.dietsb.trainer.policy.StampedPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyChangesTest {
    private PolicyChanges changes = PolicyChanges.NONE;

    private void change(@Nullable Moment from, @Nullable Moment until) {
        StampedPolicy policy = new StampedPolicy(changes.revision() + 1, Policy.BASELINE);
        changes = changes.with(new PolicyChanges.Change(policy, from, until));
    }

    /** At the beginning of an epoch of ten. */
    private long revisionAt(int epoch) {
        return changes.at(epoch, (epoch - 1) / 10.0, Policy.BASELINE).revision();
    }

    @Test
    void withoutAChangeTheFirstPolicyIsInForce() {
        assertThat(revisionAt(1)).isZero();
        assertThat(revisionAt(10)).isZero();
    }

    @Test
    void aChangeBeginsAndEndsByEpochsOrByProgress() {
        change(new Moment.EpochBegins(3), new Moment.EpochBegins(5));
        change(new Moment.Progress(.6), new Moment.Progress(.8));
        assertThat(new long[] {revisionAt(2), revisionAt(3), revisionAt(4), revisionAt(5)})
                .containsExactly(0, 1, 1, 0);
        assertThat(new long[] {revisionAt(6), revisionAt(7), revisionAt(8), revisionAt(9)})
                .containsExactly(0, 2, 2, 0);
        assertThat(changes.at(6, .5999, Policy.BASELINE).revision()).isZero();
    }

    @Test
    void ofThoseThatCoverAPlaceTheLastIsInForce() {
        change(null, new Moment.EpochBegins(9));
        change(new Moment.EpochBegins(3), null);
        change(new Moment.EpochBegins(5), new Moment.EpochBegins(7));
        assertThat(new long[] {revisionAt(2), revisionAt(4), revisionAt(5), revisionAt(7), revisionAt(9)})
                .containsExactly(1, 2, 3, 2, 2);
    }

    @Test
    void oneThatCoversTheWholeRunTakesThePlaceOfAllBefore() {
        change(new Moment.EpochBegins(5), null);
        change(null, null);
        assertThat(revisionAt(6)).isEqualTo(2);
        change(null, new Moment.EpochBegins(3));
        assertThat(new long[] {revisionAt(2), revisionAt(3)}).containsExactly(3, 2);
    }
}
