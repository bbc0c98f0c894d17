package org.dietsb.selector.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.TenPolicies;
import org.dietsb.selector.source.NoSources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    private static final int EXAMPLES = 2_000;
    private static final int EPOCHS = 12;
    private static final int BATCH = 64;
    private static final Classes CLASSES = Classes.of(new ScoreSet(
            "halves",
            "",
            new float[EXAMPLES],
            IntStream.range(0, EXAMPLES)
                    .map(index -> index < EXAMPLES / 2 ? 0 : 1)
                    .toArray()));

    private static AttemptOpened opened() {
        AttemptOpened.Builder opened =
                AttemptOpened.newBuilder().setSeed(3).setEpochs(EPOCHS).setBatchSize(BATCH);
        opened.getDatasetBuilder().setCount(EXAMPLES);
        return opened.build();
    }

    private static List<WhatIf.Epoch> judged(List<Policy> policies, int threads) {
        BitSet half = new BitSet();
        half.set(0, EXAMPLES / 2);
        List<WhatIf.Epoch> epochs = new ArrayList<>();
        List<Candidate> candidates = policies.stream().map(Candidate::new).toList();
        try (SideBySide sideBySide = new SideBySide(candidates, threads, epochs::add)) {
            sideBySide.open("run", opened(), CLASSES, new NoSources(), TestConfig.of(Map.of()));
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                sideBySide.judge(
                        TenPolicies.recorded(epoch, EXAMPLES, BATCH),
                        epoch % 2 == 0 ? null : new Candidate.Now(half, .7));
                assertThat(epochs).as("while the last one is judged").hasSize(epoch - 1);
            }
            sideBySide.end();
        }
        return epochs;
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        // Given: one of them is refused in the first epoch.
        List<Policy> policies = new ArrayList<>(TenPolicies.all());
        policies.add(
                Policy.ofKind(PolicyKind.DIET).prePruned(.25).scoreSet("none").build());

        // When
        List<WhatIf.Epoch> byOne = judged(policies, 1);

        // Then
        assertThat(byOne).hasSize(EPOCHS);
        assertThat(byOne.get(4).policies().get(0).kept()).isEqualTo(.5);
        assertThat(byOne.get(4).policies().get(10).refused()).contains("there are no scores");
        assertThat(byOne.get(4).policies().get(4).verdict()).isNotNull();
        assertThat(byOne.get(5).policies().get(4).verdict()).isNull();
        assertThat(byOne.get(5).policies().get(4).keptByClass()).hasSize(2);
        assertThat(byOne.get(5).policies().get(4).overlapByClass()).isNull();
        assertThat(byOne.get(4).policies().get(4).overlapByClass())
                .as("the run's masks have only the first class")
                .element(1)
                .isEqualTo(0.0);
        assertThat(judged(policies, 2)).isEqualTo(byOne);
        assertThat(judged(policies, 7)).isEqualTo(byOne);
    }

    @Test
    void whoeverReceivesTheEpochsCanStop() {
        try (SideBySide sideBySide = new SideBySide(List.of(new Candidate(Policy.BASELINE)), 2, epoch -> {
            throw new IllegalArgumentException("enough");
        })) {
            sideBySide.open("run", opened(), Classes.none("unknown"), new NoSources(), TestConfig.of(Map.of()));
            sideBySide.judge(TenPolicies.recorded(1, EXAMPLES, BATCH), null);
            assertThatThrownBy(sideBySide::end).hasMessage("enough");
        }
    }
}
