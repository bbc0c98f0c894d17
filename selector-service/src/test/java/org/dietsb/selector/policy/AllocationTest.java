package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What judging a batch leaves to the garbage collector depends on the batch, not on what the run remembers. */
class AllocationTest {
    private static final int BATCH = 128;
    private static final int UNTIL_COMPILED = 20_000;
    private static final int BATCHES = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Of many batches; now and then the virtual machine allocates for itself. */
    private record Bytes(long least, long mean) {}

    @ParameterizedTest
    @ValueSource(strings = {"rank", "percentile"})
    void doesNotGrowWithTheHistory(String rule) {
        Bytes little = bytesOfABatch(rule, 1_024);
        Bytes much = bytesOfABatch(rule, 1_000_000);
        assertThat(little.least).isPositive();
        assertThat(much.least).isEqualTo(little.least);
        assertThat(much.mean).isCloseTo(little.mean, withinPercentage(5));
    }

    /** All of a batch is kept, so that each mask is as long as the next. */
    private static Bytes bytesOfABatch(String rule, int historySize) {
        BatchRule judge = rule.equals("rank") ? new RankSelective(1) : new PercentileSelective(1, historySize);
        LossHistory history = new LossHistory(historySize);
        history.append(losses(historySize));
        Batch batch = new Batch(1, 1, 0, BATCH, losses(BATCH));
        for (int b = 0; b < UNTIL_COMPILED; b++) {
            judge.select(batch, history);
        }
        long least = Long.MAX_VALUE;
        long sum = 0;
        for (int b = 0; b < BATCHES; b++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            judge.select(batch, history);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            least = Math.min(least, allocated);
            sum += allocated;
        }
        return new Bytes(least, sum / BATCHES);
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
