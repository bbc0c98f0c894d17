package org.dietsb.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.junit.jupiter.api.Test;

class StampsTest {
    private static final Policy FIRST = PolicyWire.toWire(org.dietsb.contracts.policy.Policy.BASELINE);
    private static final Policy SECOND =
            FIRST.toBuilder().setKind(Policy.Kind.RANDOM).setKeep(.5).build();

    private final Stamps stamps = new Stamps();

    private void open(long attempt) {
        stamps.add(
                LossMessage.newBuilder()
                        .setAttemptOpened(AttemptOpened.getDefaultInstance())
                        .build(),
                attempt);
    }

    private void epoch(long attempt, int epoch, long revision) {
        stamps.add(
                LossMessage.newBuilder()
                        .setAttempt(attempt)
                        .setEpochOpened(EpochOpened.newBuilder()
                                .setEpoch(epoch)
                                .setRevision(revision)
                                .setPolicy(revision == 0 ? FIRST : SECOND))
                        .build(),
                0);
    }

    private void batch(long attempt, int epoch, int batch, long revision) {
        stamps.add(
                LossMessage.newBuilder()
                        .setAttempt(attempt)
                        .setBatchLosses(BatchLosses.newBuilder()
                                .setEpoch(epoch)
                                .setBatch(batch)
                                .setRevision(revision))
                        .build(),
                0);
    }

    @Test
    void stampsOfASpanAreThoseOfItsBatches() {
        open(10);
        epoch(10, 1, 0);
        BatchSpan.Builder span = BatchSpan.newBuilder();
        for (int batch = 0; batch < 3; batch++) {
            span.addBatchesBuilder().setEpoch(1).setBatch(batch).setRevision(1);
        }
        span.getBatchesBuilder(0).setPolicy(SECOND);
        stamps.add(LossMessage.newBuilder().setAttempt(10).setBatchSpan(span).build(), 0);
        batch(10, 1, 3, 0);

        assertRevisions(stamps.after(0, 0)).containsExactly(0L, 1L, 1L, 1L, 0L);
        assertRevisions(stamps.after(1, 2)).as("in the midst of the span").containsExactly(1L, 0L);
    }

    private static org.assertj.core.api.ListAssert<Long> assertRevisions(Iterable<StampedPolicy> stamped) {
        return assertThat(stamped)
                .extracting(StampedPolicy::revision)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Long.class));
    }

    @Test
    void stampsAfterABarrierAreInOrder() {
        open(10);
        epoch(10, 1, 0);
        batch(10, 1, 0, 0);
        batch(10, 1, 1, 1);
        epoch(10, 2, 1);
        batch(10, 2, 0, 1);
        assertRevisions(stamps.after(0, 0)).containsExactly(0L, 0L, 1L, 1L, 1L);
        assertRevisions(stamps.after(1, 1)).as("in the midst of epoch 1").containsExactly(1L, 1L, 1L);
        assertRevisions(stamps.after(1, 2)).as("at its end").containsExactly(1L, 1L);
        assertRevisions(stamps.after(2, 1)).isEmpty();
        assertThat(stamps.after(1, 1).element().policy()).isEqualTo(PolicyWire.fromWire(SECOND));
    }

    @Test
    void stampsOfAFencedAttemptAreIgnored() {
        open(10);
        epoch(10, 1, 0);
        batch(10, 1, 0, 0);
        open(20);
        batch(10, 1, 1, 1);
        epoch(20, 1, 0);
        batch(20, 1, 0, 0);
        batch(10, 1, 2, 1);
        assertRevisions(stamps.after(0, 0)).containsExactly(0L, 0L);
    }

    @Test
    void stampsReachAsFarAsAnyAttempt() {
        open(10);
        epoch(10, 1, 0);
        batch(10, 1, 0, 0);
        batch(10, 1, 1, 1);
        epoch(10, 2, 1);
        open(20);
        epoch(20, 1, 0);
        batch(20, 1, 0, 0);
        assertRevisions(stamps.after(0, 0)).containsExactly(0L, 0L, 1L, 1L);
    }
}
