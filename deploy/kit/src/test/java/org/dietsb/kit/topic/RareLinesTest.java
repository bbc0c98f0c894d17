package org.dietsb.kit.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RareLinesTest {
    private final List<String> log = new ArrayList<>();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final RareLines lines = new RareLines((line, error) -> log.add(line), later::add);

    private void aSecondPasses() {
        Objects.requireNonNull(later.poll()).run();
    }

    @Test
    void logsOneLineASecondAndCountsTheOthers() {
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            lines.log(() -> "message " + number);
        }
        assertThat(log).containsExactly("message 0");
        aSecondPasses();
        assertThat(log).containsExactly("message 0", "message 99999 (the last of 99999 such lines within a second)");
        lines.log(() -> "one more");
        assertThat(log).hasSize(2);
        aSecondPasses();
        assertThat(log).hasSize(3).last().isEqualTo("one more");
    }

    @Test
    void logsAtOnceAfterAQuietSecond() {
        lines.log(() -> "first");
        aSecondPasses();
        assertThat(later).isEmpty();
        lines.log(() -> "second");
        assertThat(log).containsExactly("first", "second");
    }
}
