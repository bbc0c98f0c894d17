package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.InfoBatch;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.NoSources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final int EXAMPLES = 90;
    private static final int BATCH = 16;
    private static final int EPOCHS = 5;
    private static final long SEED = 3;

    private static AttemptOpened opened() {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(SEED)
                .setEpochs(EPOCHS)
                .setBatchSize(BATCH)
                .setWindow(4)
                .setProxy("another")
                .setReadsSpans(true);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return opened.build();
    }

    /** Five batches of 16 and one of 10, with a loss of every example. */
    private static LossEpoch recorded(int epoch) {
        Random random = new Random(epoch);
        List<Integer> order = new ArrayList<>();
        float[] losses = new float[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            order.add(i);
            losses[i] = random.nextFloat();
        }
        Collections.shuffle(order, random);
        List<int[]> batches = new ArrayList<>();
        for (int first = 0; first < EXAMPLES; first += BATCH) {
            batches.add(order.subList(first, Math.min(EXAMPLES, first + BATCH)).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
        }
        return new LossEpoch(epoch, batches, losses);
    }

    private static Rehearsal of(Policy policy) {
        return new Rehearsal("run", opened(), policy, new NoSources(), TestConfig.of(Map.of()));
    }

    @Test
    void selectsWhatTheRuleSelectsOfTheSameLosses() throws Exception {
        for (Policy.Rule rule : Policy.Rule.values()) {
            Policy policy = Policy.ofKind(PolicyKind.SELECTIVE)
                    .keep(.3)
                    .rule(rule)
                    .historySize(64)
                    .build();
            LossHistory history = new LossHistory(64);
            try (Rehearsal rehearsal = of(policy)) {
                for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                    LossEpoch recorded = recorded(epoch);
                    BitSet expected = new BitSet();
                    for (int number = 0; number < recorded.batches().size(); number++) {
                        int[] batch = recorded.batches().get(number);
                        float[] losses = new float[batch.length];
                        for (int i = 0; i < batch.length; i++) {
                            losses[i] = recorded.losses()[batch[i]];
                        }
                        for (int place : BatchRule.of(policy)
                                .select(new Batch(SEED, epoch, number, batch.length, losses), history)) {
                            expected.set(batch[place]);
                        }
                    }

                    Rehearsal.Epoch then = rehearsal.next(recorded);

                    assertThat(then.selected()).as("%s, epoch %d", rule, epoch).isEqualTo(expected);
                    assertThat(then.judged()).isEqualTo(EXAMPLES);
                    assertThat(then.stale()).isZero();
                }
            }
        }
    }

    @Test
    void aChoiceOfTheEpochKnowsOnlyLossesOfWhatItTrainedOn() throws Exception {
        Policy policy = Policy.ofKind(PolicyKind.INFOBATCH).keep(.25).build();
        float[] last = new float[EXAMPLES];
        Arrays.fill(last, Float.NaN);
        try (Rehearsal rehearsal = of(policy)) {
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                LossEpoch recorded = recorded(epoch);
                BitSet expected = new InfoBatch(.25)
                        .choose(SEED, epoch, EXAMPLES, index -> last[index])
                        .kept();

                Rehearsal.Epoch then = rehearsal.next(recorded);

                assertThat(then.selected()).as("epoch %d", epoch).isEqualTo(expected);
                assertThat(then.judged()).isZero();
                expected.stream().forEach(index -> last[index] = recorded.losses()[index]);
            }
        }
    }

    @Test
    void followsTheSchedule() throws Exception {
        Policy policy = Policy.ofKind(PolicyKind.RANDOM)
                .keep(.5)
                .start(.2)
                .end(.8)
                .interrupt(3)
                .build();
        List<Integer> selected = new ArrayList<>();
        try (Rehearsal rehearsal = of(policy)) {
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                selected.add(rehearsal.next(recorded(epoch)).selected().cardinality());
            }
        }
        // Of the batches of 16, 16, 16, 16, 16 and 10, the third and the last are whole.
        assertThat(selected).containsExactly(90, 58, 58, 58, 90);
    }

    @Test
    void aDietLeavesTheBatchesSmaller() throws Exception {
        Policy policy = Policy.ofKind(PolicyKind.DIET_SELECTIVE)
                .keep(.5)
                .prePruned(.2)
                .order(Policy.DietOrder.RANDOM)
                .build();
        try (Rehearsal rehearsal = of(policy)) {
            Rehearsal.Epoch then = rehearsal.next(recorded(1));
            assertThat(then.judged()).isEqualTo(72);
            assertThat(then.selected().cardinality()).isBetween(33, 39);
        }
    }

    @Test
    void whatTheRunLeftOutOfAnEpochIsJudgedByOlderLosses() throws Exception {
        LossEpoch pruned = recorded(2);
        List<int[]> batches = pruned.batches().subList(0, 2);
        BitSet announced = new BitSet();
        batches.forEach(batch -> Arrays.stream(batch).forEach(announced::set));
        for (int index = 0; index < EXAMPLES; index++) {
            pruned.losses()[index] = announced.get(index) ? pruned.losses()[index] : Float.NaN;
        }
        try (Rehearsal rehearsal =
                of(Policy.ofKind(PolicyKind.SELECTIVE).keep(.5).build())) {
            rehearsal.next(recorded(1));
            Rehearsal.Epoch then = rehearsal.next(new LossEpoch(2, batches, pruned.losses()));

            assertThat(then.judged()).isEqualTo(EXAMPLES);
            assertThat(then.stale()).isEqualTo(EXAMPLES - 2 * BATCH);
            assertThat(then.selected().cardinality()).isEqualTo(45);
        }
    }

    @Test
    void lossesThatAnEpochLacksAreThoseOfAnEarlierOne() throws Exception {
        Policy policy = Policy.ofKind(PolicyKind.SELECTIVE).keep(.5).build();
        LossEpoch second = recorded(2);
        Arrays.fill(second.losses(), 0, 30, Float.NaN);
        try (Rehearsal rehearsal = of(policy)) {
            assertThat(rehearsal.next(recorded(1)).stale()).isZero();
            assertThat(rehearsal.next(second).stale()).isEqualTo(30);
        }
        try (Rehearsal rehearsal = of(policy)) {
            assertThatThrownBy(() -> rehearsal.next(second))
                    .isInstanceOf(RefusalException.class)
                    .hasMessageMatching("selective needs the loss of example \\d+ in epoch 2: the run reported none of"
                            + " it up to then");
        }
        try (Rehearsal rehearsal = of(Policy.BASELINE)) {
            assertThat(rehearsal.next(second).selected().cardinality()).isEqualTo(EXAMPLES);
        }
    }
}
