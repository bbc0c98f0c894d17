package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.RunRegistryTest;
import org.junit.jupiter.api.Test;

/** The test is the thread that hangs, or plays one that waits. */
class WatchdogTest {
    private static final Duration STUCK = Duration.ofMinutes(30);
    private static final Duration CANCEL = Duration.ofMinutes(5);

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final RunRegistry registry = new RunRegistry();
    private final Watchdog watchdog = new Watchdog(STUCK, CANCEL, registry, nanos::get, ends::add);

    private void after(Duration time) {
        nanos.addAndGet(time.toNanos());
        watchdog.check();
    }

    @Test
    void runThatComputesWithoutProgressEndsTheProcess() {
        watchdog.begins("a");
        watchdog.computes();
        after(STUCK);
        watchdog.sign();
        after(STUCK);
        assertThat(ends).as("after progress").isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(ends)
                .containsExactly("Run a has computed for PT30M (dietsb.trainer.stuck-after) without finishing a batch");
    }

    @Test
    void runThatReadsItsDatasetOrIsOverIsLeftAlone() {
        watchdog.begins("a");
        after(STUCK.multipliedBy(9));
        watchdog.computes();
        watchdog.rests();
        after(STUCK.multipliedBy(9));
        watchdog.computes();
        watchdog.over();
        after(STUCK.multipliedBy(9));
        assertThat(ends).isEmpty();
    }

    @Test
    void runThatWaitsIsLeftAlone() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Thread waits = new Thread(() -> {
            watchdog.begins("a");
            watchdog.computes();
            begun.countDown();
            try {
                answer.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        waits.start();
        begun.await();
        while (waits.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        after(STUCK.multipliedBy(9));
        after(STUCK);
        assertThat(ends).isEmpty();
        answer.countDown();
        waits.join();
    }

    @Test
    void cancelThatIsNotObeyedEndsTheProcess() {
        registry.accept(RunRegistryTest.run("a", 7, Run.State.RUNNING));
        watchdog.begins("a");
        after(CANCEL.multipliedBy(2));
        registry.accept(RunRegistryTest.run("b", 8, Run.State.RUNNING));
        RunRegistryTest.cancel(registry, "b");
        after(CANCEL.multipliedBy(2));
        assertThat(ends).as("before a request for this run").isEmpty();
        RunRegistryTest.cancel(registry, "a");
        watchdog.check();
        after(CANCEL);
        assertThat(ends).isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(ends).containsExactly("Run a continues PT5M (dietsb.trainer.cancel-within) after it was cancelled");
    }
}
