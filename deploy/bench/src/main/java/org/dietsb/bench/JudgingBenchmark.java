package org.dietsb.bench;

import java.util.Random;
import java.util.function.IntFunction;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.InfoBatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a rule takes to judge a batch, or a training set for an epoch. */
@State(Scope.Thread)
public class JudgingBenchmark {
    /** In so many losses no two batches are the same: the processor would learn by heart how they sort. */
    private static final int LOSSES = 1 << 19;

    private static final int SEED = 7;

    /** Of the batch, or of the training set. */
    @Param("128")
    int examples;

    @Param
    Judge judge = Judge.RANDOM;

    private IntFunction<Object> judging = batch -> batch;
    private int batch;

    /** A rule, at a keep whose powers are no trivial ones. */
    public enum Judge {
        RANDOM("random") {
            @Override
            IntFunction<Object> of(float[][] losses) {
                return batches(Policy.Kind.RANDOM, Policy.Rule.RANK, 1, losses);
            }
        },
        RANK("selective, rank") {
            @Override
            IntFunction<Object> of(float[][] losses) {
                return batches(Policy.Kind.SELECTIVE, Policy.Rule.RANK, 1024, losses);
            }
        },
        PERCENTILE("selective, percentile") {
            @Override
            IntFunction<Object> of(float[][] losses) {
                int historySize = Math.max(1024, losses[0].length);
                return batches(Policy.Kind.SELECTIVE, Policy.Rule.PERCENTILE, historySize, losses);
            }
        },
        LONGEST_PERCENTILE("selective, percentile of a million") {
            @Override
            IntFunction<Object> of(float[][] losses) {
                int historySize = Policy.LARGEST_HISTORY;
                return batches(Policy.Kind.SELECTIVE, Policy.Rule.PERCENTILE, historySize, losses);
            }
        },
        INFOBATCH("infobatch") {
            @Override
            IntFunction<Object> of(float[][] losses) {
                return epoch -> {
                    float[] last = losses[epoch % losses.length];
                    return new InfoBatch(.5).choose(SEED, epoch, last.length, index -> last[index]);
                };
            }
        },
        DIET("diet") {
            @Override
            IntFunction<Object> of(float[][] scores) {
                ScoreSet set = new ScoreSet("scores", "", scores[0], new int[scores[0].length]);
                return epoch -> new Diet(.25, Policy.DietOrder.LOWEST, false).kept(scores[0].length, SEED, set);
            }
        };

        private static final double KEEP = 1 / 3.;

        final String words;

        Judge(String words) {
            this.words = words;
        }

        /** What judges the n-th batch, or epoch, by these losses. */
        abstract IntFunction<Object> of(float[][] losses);

        private static IntFunction<Object> batches(
                Policy.Kind kind, Policy.Rule rule, int historySize, float[][] losses) {
            BatchRule judge = BatchRule.of(Policy.ofKind(kind)
                    .keep(KEEP)
                    .rule(rule)
                    .historySize(historySize)
                    .build());
            LossHistory history = new LossHistory(historySize);
            for (int filled = 0, i = 0; filled < historySize; filled += losses[0].length, i++) {
                history.append(losses[i % losses.length]);
            }
            return batch -> {
                float[] ofBatch = losses[batch % losses.length];
                return judge.select(new Batch(SEED, 1, batch, ofBatch.length, ofBatch), history);
            };
        }
    }

    /** Draws the losses, and fills the history. */
    @Setup
    public void fill() {
        Random random = new Random(SEED);
        float[][] losses = new float[Math.max(1, LOSSES / examples)][examples];
        for (float[] some : losses) {
            for (int i = 0; i < some.length; i++) {
                some[i] = (float) -Math.log(1 - random.nextDouble());
            }
        }
        judging = judge.of(losses);
    }

    /** Judges the next. */
    @Benchmark
    public Object judge() {
        batch = (batch + 1) & Integer.MAX_VALUE;
        return judging.apply(batch);
    }
}
