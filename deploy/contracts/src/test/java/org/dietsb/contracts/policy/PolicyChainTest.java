package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.PolicyChain.Outcome;
import org.dietsb.selector.wire.PolicyChange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyChainTest {
    private static final Policy RANDOM = Policy.ofKind(PolicyKind.RANDOM).build();
    private static final Policy SELECTIVE = Policy.ofKind(PolicyKind.SELECTIVE).build();

    private final PolicyChains chains = new PolicyChains();
    private long offset;

    private PolicyChain chain() {
        return chains.of("run");
    }

    private void change(@Nullable Moment from, @Nullable Moment until) {
        Change change = new Change(RANDOM, new Schedule(from, until), null, "somebody");
        assertThat(read(wire(change, chain().revision()))).isInstanceOf(Outcome.Accepted.class);
    }

    private static PolicyChange.Builder wire(Change change, long replaces) {
        return PolicyWire.toWire(change)
                .setRunId("run")
                .setReplaces(replaces)
                .setRevision(replaces + 1)
                .setEpochMillis(1_700_000_000_000L);
    }

    private static PolicyChange.Builder wire(Policy policy, long replaces) {
        return wire(new Change(policy, Schedule.FOR_GOOD, null, "somebody"), replaces);
    }

    private Outcome read(PolicyChange.Builder change) {
        return chains.accept(change.build(), offset++);
    }

    /** At the beginning of an epoch of ten. */
    private long revisionAt(int epoch) {
        return at(epoch, (epoch - 1) / 10.0).revision();
    }

    private StampedPolicy at(int epoch, double progress) {
        return chain().at(new Moment.Place(epoch, progress), Policy.BASELINE);
    }

    @Test
    void withoutAChangeTheFirstPolicyIsInForce() {
        assertThat(revisionAt(1)).isZero();
        assertThat(revisionAt(10)).isZero();
        assertThat(at(1, 0).policy()).isEqualTo(Policy.BASELINE);
        assertThat(chain().entries()).isEmpty();
    }

    @Test
    void aChangeBeginsAndEndsByEpochsOrByProgress() {
        change(new Moment.EpochBegins(3), new Moment.EpochBegins(5));
        change(new Moment.Progress(.6), new Moment.Progress(.8));
        assertThat(new long[] {revisionAt(2), revisionAt(3), revisionAt(4), revisionAt(5)})
                .containsExactly(0, 1, 1, 0);
        assertThat(new long[] {revisionAt(6), revisionAt(7), revisionAt(8), revisionAt(9)})
                .containsExactly(0, 2, 2, 0);
        assertThat(at(6, .5999).revision()).isZero();
    }

    @Test
    void theLastOfThoseThatCoverAPlaceIsInForce() {
        change(null, new Moment.EpochBegins(9));
        change(new Moment.EpochBegins(3), null);
        change(new Moment.EpochBegins(5), new Moment.EpochBegins(7));
        assertThat(new long[] {revisionAt(2), revisionAt(4), revisionAt(5), revisionAt(7), revisionAt(9)})
                .containsExactly(1, 2, 3, 2, 2);
    }

    @Test
    void aChangeThatCoversTheWholeRunReplacesAllBefore() {
        change(new Moment.EpochBegins(5), null);
        change(null, null);
        assertThat(revisionAt(6)).isEqualTo(2);
        change(null, new Moment.EpochBegins(3));
        assertThat(new long[] {revisionAt(2), revisionAt(3)}).containsExactly(3, 2);
    }

    @Test
    void theFirstOfTwoChangesThatReplaceTheSameRevisionCounts() {
        assertThat(read(wire(RANDOM, 0))).isInstanceOf(Outcome.Accepted.class);
        assertThat(read(wire(SELECTIVE, 0))).isInstanceOf(Outcome.Stale.class);
        assertThat(read(wire(SELECTIVE, 2))).isInstanceOf(Outcome.Stale.class);
        assertThat(read(wire(SELECTIVE, 1).setRevision(3))).isInstanceOf(Outcome.Stale.class);
        assertThat(at(1, 0)).isEqualTo(new StampedPolicy(1, RANDOM));
    }

    @Test
    void keepsEveryUsableChangeWithItsPlaceInTheLog() {
        Change back = new Change(RANDOM, new Schedule(new Moment.Progress(.25), null), 0L, "somebody");
        read(wire(SELECTIVE, 0));
        read(wire(SELECTIVE, 0));
        read(wire(back, 1));
        Instant at = Instant.ofEpochMilli(1_700_000_000_000L);
        assertThat(chain().entries())
                .containsExactly(
                        new PolicyChain.Entry(1, new Change(SELECTIVE, Schedule.FOR_GOOD, null, "somebody"), at, 0),
                        new PolicyChain.Entry(2, back, at, 2));
        assertThat(chain().entry(2))
                .hasValueSatisfying(entry -> assertThat(entry.change()).isEqualTo(back));
        assertThat(chain().entry(3)).isEmpty();
    }

    /** As in a rolling upgrade, when a newer selector writes a kind of policy that this reader does not know. */
    @Test
    void advancesOverAChangeOfAnUnknownKindAndKeepsThePolicy() {
        read(wire(RANDOM, 0));
        PolicyChange.Builder newer = wire(SELECTIVE, 1);
        newer.getPolicyBuilder().setKindValue(99);

        assertThat(read(newer))
                .isEqualTo(new Outcome.PassedOver(
                        chain(), "revision 2 of run is passed over: policy with unknown kind 99"));
        assertThat(chain().revision()).isEqualTo(2);
        assertThat(at(5, .5)).isEqualTo(new StampedPolicy(1, RANDOM));
        assertThat(chain().entry(2)).isEmpty();

        assertThat(read(wire(RANDOM, 1))).as("its revision is taken").isInstanceOf(Outcome.Stale.class);
        assertThat(read(wire(SELECTIVE, 2))).isInstanceOf(Outcome.Accepted.class);
        assertThat(at(5, .5)).isEqualTo(new StampedPolicy(3, SELECTIVE));
        assertThat(chain().entries()).extracting(PolicyChain.Entry::revision).containsExactly(1L, 3L);
    }

    @Test
    void advancesOverWhateverItCannotUse() {
        PolicyChange.Builder outOfRange = wire(SELECTIVE, 0);
        outOfRange.getPolicyBuilder().setKeep(2);
        PolicyChange.Builder unknownMoment = wire(SELECTIVE, 1);
        unknownMoment.getFromBuilder().clearAt();
        PolicyChange.Builder longName = wire(SELECTIVE, 2).setWho("x".repeat(201));
        PolicyChange.Builder noPolicy = wire(SELECTIVE, 3).clearPolicy();
        for (PolicyChange.Builder unusable : List.of(outOfRange, unknownMoment, longName, noPolicy)) {
            assertThat(read(unusable)).isInstanceOf(Outcome.PassedOver.class);
        }
        assertThat(chain().revision()).isEqualTo(4);
        assertThat(at(1, 0)).isEqualTo(new StampedPolicy(0, Policy.BASELINE));
        change(null, null);
        assertThat(revisionAt(1)).isEqualTo(5);
    }

    @Test
    void newRunsHaveAChainOfTheirOwnWithoutSchedules() {
        read(wire(SELECTIVE, 0).setRunId(PolicyChain.NEW_RUNS));
        PolicyChange.Builder scheduled = wire(RANDOM, 1).setRunId(PolicyChain.NEW_RUNS);
        scheduled.getUntilBuilder().setEpoch(3);
        Outcome outcome = read(scheduled);
        assertThat(outcome)
                .isEqualTo(
                        new Outcome.PassedOver(
                                chains.of(PolicyChain.NEW_RUNS),
                                "revision 2 of * is passed over: the policy of new runs has a schedule, which only a run's has"));
        assertThat(outcome.chain().at(new Moment.Place(1, 0), Policy.BASELINE))
                .isEqualTo(new StampedPolicy(1, SELECTIVE));
        assertThat(chain().revision()).isZero();
    }

    @Test
    void rejectsAChangeOfNoRun() {
        assertThatThrownBy(() -> read(wire(RANDOM, 0).setRunId("../run")))
                .hasMessage("run id is ../run, allowed is [a-z0-9][a-z0-9.-]{0,79}");
        assertThat(chains.of("../run").revision()).isZero();
    }

    @Test
    void holdsAHundredThousandChanges() {
        for (int replaces = 0; replaces < 100_000; replaces++) {
            read(wire(RANDOM, replaces));
        }
        assertThat(chain().entries()).hasSize(100_000);
        assertThat(revisionAt(1)).isEqualTo(100_000);
    }
}
