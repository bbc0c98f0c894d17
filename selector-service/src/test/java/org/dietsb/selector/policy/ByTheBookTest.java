package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the rules are computed, their masks are those of their definitions, bit for bit. */
class ByTheBookTest {

    @ParameterizedTest
    @ValueSource(doubles = {.001, .1, .3, .5, 2 / 3., .9, 1})
    void judgesEveryBatchAsTheRuleIsDefined(double keep) {
        Random random = new Random(Double.hashCode(keep));
        for (int size : new int[] {1, 2, 37, 128, 513, 2_000}) {
            for (int b = 0; b < 4; b++) {
                Batch batch = batch(random, b, size);
                LossHistory history = new LossHistory(size);
                assertThat(new RandomBackprop(keep).select(batch, history)).isEqualTo(ByTheBook.random(keep, batch));
                assertThat(new RankSelective(keep).select(batch, history)).isEqualTo(ByTheBook.rank(keep, batch));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.001, .1, .3, .5, 2 / 3., .9, 1})
    void percentilesCountTheLastLossesWhicheverRuleJudgedThem(double keep) {
        Random random = new Random(Double.hashCode(keep));
        for (int size : new int[] {40, 300, 5_000}) {
            LossHistory history = new LossHistory(size);
            List<Float> all = new ArrayList<>();
            for (int b = 0; b < 200; b++) {
                Batch batch = batch(random, b, 1 + random.nextInt(40));
                for (float loss : batch.losses()) {
                    all.add(loss);
                }
                if (b % 7 == 0) {
                    new RankSelective(keep).select(batch, history);
                    continue;
                }
                assertThat(new PercentileSelective(keep, size).select(batch, history))
                        .as("batch %d against %d losses", b, size)
                        .isEqualTo(ByTheBook.percentile(
                                keep, batch, all.subList(Math.max(0, all.size() - size), all.size())));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.001, .1, .3, .5, 2 / 3., .9, 1})
    void choosesAnEpochAsInfoBatchIsDefined(double keep) {
        Random random = new Random(Double.hashCode(keep));
        for (int examples : new int[] {1, 10, 1_000, 20_000}) {
            float[] losses = batch(random, 0, examples).losses();
            for (int i = 0; i < examples; i += 9) {
                losses[i] = Float.NaN;
            }
            InfoBatch.Choice choice = new InfoBatch(keep).choose(3, 4, examples, index -> losses[index]);
            BitSet leftOut = ByTheBook.leftOut(keep, 3, 4, examples, index -> losses[index]);
            BitSet kept = new BitSet();
            kept.set(0, examples);
            kept.andNot(leftOut);
            assertThat(choice.kept()).isEqualTo(kept);
        }
    }

    /** Losses of which many are equal, or 0. */
    private static Batch batch(Random random, int batch, int size) {
        float[] losses = new float[size];
        for (int i = 0; i < size; i++) {
            losses[i] = random.nextBoolean() ? random.nextInt(20) / 8f : (float) -Math.log(random.nextDouble());
        }
        return new Batch(7, 1, batch, size, losses);
    }
}
