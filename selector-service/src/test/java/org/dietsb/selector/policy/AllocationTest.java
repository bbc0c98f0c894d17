package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory allocated to judge a batch depends on the batch and not on the history of the run. */
class AllocationTest {
    private static final int BATCH = 128;
    private static final int UNTIL_COMPILED = 20_000;
    private static final int BATCHES = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A copy of the longer history takes 4 MB, one bit per loss of it 125 kB; compiler optimizations matter by hundreds of bytes. */
    private static final long NOISE_BYTES = 16_384;

    @ParameterizedTest
    @ValueSource(strings = {"rank", "percentile"})
    void doesNotGrowWithTheHistory(String rule) {
        long little = bytesOfABatch(rule, 1_024);
        long much = bytesOfABatch(rule, 1_000_000);
        assertThat(little).as("what is measured").isPositive();
        assertThat(much).isLessThan(little + NOISE_BYTES);
    }

    /** On average over many batches. All of a batch is kept, so that each mask is as long as the next. */
    private static long bytesOfABatch(String rule, int historySize) {
        BatchRule judge = rule.equals("rank") ? new RankSelective(1) : new PercentileSelective(1, historySize);
        LossHistory history = new LossHistory(historySize);
        history.append(losses(historySize));
        Batch batch = new Batch(1, 1, 0, BATCH, losses(BATCH));
        for (int b = 0; b < UNTIL_COMPILED; b++) {
            judge.select(batch, history);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int b = 0; b < BATCHES; b++) {
            judge.select(batch, history);
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / BATCHES;
    }

    private static float[] losses(int n) {
        Random random = new Random(n);
        float[] losses = new float[n];
        for (int i = 0; i < n; i++) {
            losses[i] = random.nextFloat();
        }
        return losses;
    }
}
