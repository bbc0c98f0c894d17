package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryLimitTest {
    @Test
    void namesGibibytesAndMebibytes() {
        assertThat(new MemoryLimit(3L << 30, 768L << 20)).hasToString("3.0 GiB of memory, 768 MiB of them heap");
    }

    @Test
    void heapOfThisProcessIsPartOfItsMemory() {
        // When
        MemoryLimit here = MemoryLimit.ofThisTrainer();
        // Then
        assertThat(here.heap()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(here.all()).isGreaterThan(here.heap());
    }
}
