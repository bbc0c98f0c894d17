package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepQueueTest {
    private final StepQueue queue = new StepQueue();

    @Test
    void examplesAreTakenFirstInFirstOut() {
        queue.add(new int[] {5, 3, 9}, new float[] {1, 2, 1});
        queue.add(new int[] {4}, new float[] {1});
        assertThat(queue.size()).isEqualTo(4);

        StepQueue.Taken first = queue.take(2);
        assertThat(first.indices()).containsExactly(5, 3);
        assertThat(first.weightsOrNull()).containsExactly(1, 2);

        StepQueue.Taken rest = queue.take(8);
        assertThat(rest.indices()).containsExactly(9, 4);
        assertThat(rest.weightsOrNull()).as("all 1").isNull();
        assertThat(queue.size()).isZero();
    }

    @Test
    void severalFullBatchesCanBeTaken() {
        queue.add(new int[] {1, 2, 3, 4, 5}, new float[] {1, 1, 1, 1, 1});

        assertThat(queue.take(2).indices()).containsExactly(1, 2);
        assertThat(queue.take(2).indices()).containsExactly(3, 4);
        assertThat(queue.take(2).indices()).containsExactly(5);
        assertThat(queue.take(2).indices()).isEmpty();
    }
}
