package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.run.HeldRuns;
import org.dietsb.trainer.rest.TestOrders;
import org.junit.jupiter.api.Test;

/** Memory has a summary of most runs that are over; their order and their end are known. */
class HeldRunsTest {
    private final RunRegistry registry = new RunRegistry(8);

    private static Run run(String id, Run.State state, long queuedMillis) {
        Run like = RunRegistryTest.run(id, 7, state);
        return new Run(
                like.order(),
                like.attempt(),
                state,
                like.reason(),
                like.dataset(),
                queuedMillis,
                queuedMillis + 1,
                state.isOver() ? queuedMillis + 2 : 0,
                like.policies(),
                like.epochs(),
                null,
                like.prePruned(),
                like.totalPruned(),
                like.accuracy(),
                like.bitIdentical(),
                like.keptPerClass(),
                like.weightsChecksum(),
                like.resumedFrom(),
                0,
                "",
                false);
    }

    @Test
    void listsOfTheRunsThatEndedLastAreHeldAndTheTotalsOfAll() {
        // Four items each.
        for (int i = 1; i <= 3; i++) {
            registry.accept(run("run-" + i, Run.State.COMPLETED, i), List.of(10L * i));
        }
        registry.accept(run("live", Run.State.RUNNING, 4));
        assertThat(registry.whole()).extracting(Run::id).containsExactlyInAnyOrder("run-2", "run-3", "live");
        Run first = registry.find("run-1").orElseThrow();
        assertThat(first).isEqualTo(run("run-1", Run.State.COMPLETED, 1).withoutLists());
        assertThat(first.currentPolicy())
                .isEqualTo(run("run-1", Run.State.COMPLETED, 1).currentPolicy());
        assertThat(registry.offsets("run-1")).containsExactly(10L);
        assertThat(registry.totals("run-1"))
                .isEqualTo(registry.totals("run-3"))
                .get()
                .satisfies(totals -> {
                    assertThat(totals.seconds()).isEqualTo(6.75);
                    assertThat(totals.backwardExamples()).isEqualTo(150);
                    assertThat(totals.maskTimeouts()).isOne();
                });
        assertThat(registry.counts()).containsEntry(Run.State.COMPLETED, 3).containsEntry(Run.State.RUNNING, 1);
        assertThat(registry.unfinished()).isOne();
    }

    @Test
    void pagesGoThroughAllRunsOnceNewestFirst() {
        for (int i = 0; i < 25; i++) {
            // Some are queued in the same millisecond.
            registry.accept(run("run-" + i, i % 5 == 0 ? Run.State.RUNNING : Run.State.FAILED, i / 2));
        }
        List<Run> paged = new ArrayList<>();
        HeldRuns.Place after = null;
        for (List<Run> page = registry.page(null, run -> true, 4);
                !page.isEmpty();
                page = registry.page(after, run -> true, 4)) {
            paged.addAll(page);
            Run last = page.get(page.size() - 1);
            after = new HeldRuns.Place(last.queuedMillis(), last.id());
        }
        assertThat(paged).isEqualTo(registry.all()).hasSize(25);
        assertThat(registry.page(null, run -> !run.state().isOver(), 3))
                .extracting(Run::id)
                .containsExactly("run-20", "run-15", "run-10");
    }

    @Test
    void runIsForgottenWhenItsMessageIsDeleted() {
        registry.accept(run("a", Run.State.COMPLETED, 1), List.of(1L));
        registry.accept(run("b", Run.State.RUNNING, 2));
        assertThat(registry.removed("a/6")).as("of an earlier attempt").isFalse();
        assertThat(registry.removed("a/7/now/epochs/0")).isFalse();
        assertThat(registry.removed("b/7")).as("not over").isFalse();
        assertThat(registry.removed("odd")).isFalse();
        assertThat(registry.removed("a/7")).isTrue();
        assertThat(registry.all()).extracting(Run::id).containsExactly("b");
        assertThat(registry.counts()).doesNotContainKey(Run.State.COMPLETED);
        assertThat(registry.acceptNew(run("a", Run.State.QUEUED, 3))).isTrue();
    }

    @Test
    void oldIsWhatEndedBeforeOthersOrLongAgoUnlessItsPartnerGoesOn() {
        Run proxied = Run.queued(
                TestOrders.of(
                        "{\"id\":\"p\",\"policy\":{\"kind\":\"selective\",\"losses\":\"proxy:resnet8\"}}",
                        Policy.BASELINE),
                1);
        Run proxy = Run.queued(Optional.ofNullable(proxied.order().proxy()).orElseThrow(), 1);
        long day = Duration.ofDays(1).toMillis();
        List<Run> runs = List.of(
                run("new", Run.State.COMPLETED, 100 * day),
                run("newer", Run.State.FAILED, 101 * day),
                run("old", Run.State.COMPLETED, 2 * day),
                run("live", Run.State.RUNNING, day),
                proxied,
                proxy.ended(Run.State.FAILED, "", day));
        assertThat(RunRetention.old(runs, 102 * day, 100, Duration.ofDays(90))).containsExactly("old");
        assertThat(RunRetention.old(runs, 102 * day, 1, Duration.ofDays(90))).containsExactly("new", "old");
        assertThat(RunRetention.old(runs, 102 * day, 100, Duration.ofDays(200))).isEmpty();
    }
}
