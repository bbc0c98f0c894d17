package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.trainer.wire.BatchLosses;

/** Swaps the policy of a run twenty times a second, from baseline to a random quarter and back. */
final class SwapStorm {
    private static final int A_SECOND = 20;
    private static final int BATCH = 32;

    private final RunningSystem system;
    private final String run;
    private final int most;
    private final CompletableFuture<Integer> over = new CompletableFuture<>();
    /** Used by the thread of the storm only. */
    private int swaps;

    private SwapStorm(RunningSystem system, String run, int most) {
        this.system = system;
        this.run = run;
        this.most = most;
    }

    /**
     * Swaps the policy of a run, which began under baseline, until the run ends.
     *
     * @param most maximum number of swaps
     * @return number of swaps
     */
    static int over(RunningSystem system, String run, int most) {
        SwapStorm storm = new SwapStorm(system, run, most);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = clock.scheduleAtFixedRate(storm::swap, 0, 1_000 / A_SECOND, TimeUnit.MILLISECONDS);
            return storm.over.join();
        } finally {
            clock.shutdownNow();
        }
    }

    private void swap() {
        if (over.isDone()) {
            // The clock stops a moment later.
            return;
        }
        try {
            String policy = swaps % 2 == 0 ? "{\"kind\":\"random\",\"keep\":0.25}" : "{\"kind\":\"baseline\"}";
            int status = given().contentType("application/json")
                    .header("If-Match", "\"" + swaps + "\"")
                    .body(policy)
                    .put(system.selector + "/runs/" + run + "/policy?who=storm")
                    .statusCode();
            if (status == 200) {
                swaps++;
            } else {
                assertThat(status).as("run %s is over", run).isEqualTo(409);
            }
            if (status != 200 || swaps == most) {
                over.complete(swaps);
            }
        } catch (RuntimeException | AssertionError failed) {
            over.completeExceptionally(failed);
        }
    }

    /** Asserts that every batch was judged once, by the policy of its revision, and that the history lists every swap. */
    static void assertThatNoBatchIsLost(RunningSystem system, String run, int swaps, int examples, int epochs) {
        RunLog log = RunLog.read(system.kafka(), run);
        OnRunningSystem.assertEveryBatchIsJudgedOnce(log, examples, epochs, BATCH);
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().get(i);
            int n = batch.getIndicesCount();
            assertThat(mask.getSelectedCount()).isEqualTo(batch.getRevision() % 2 == 0 ? n : (n + 2) / 4);
        }
        List<Long> stamped =
                log.batches().stream().map(BatchLosses::getRevision).distinct().toList();
        assertThat(stamped).as("revisions, in the order of the log").isSorted().hasSizeGreaterThan(2);
        JsonNode history =
                get(system.selector + "/runs/" + run + "/policy/history").as(JsonNode.class);
        assertThat(history).hasSize(swaps + 1);
        for (JsonNode one : history) {
            assertThat(one.path("effects").isEmpty())
                    .as("revision %s has no effect", one.path("revision"))
                    .isEqualTo(!stamped.contains(one.path("revision").asLong()));
        }
    }
}
