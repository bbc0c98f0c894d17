package org.dietsb.trainer.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.RunRegistryTest;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.ScoringMember;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunQueryTest {
    private final RunRegistry registry = new RunRegistry();

    @Test
    void followingPagesGoesThroughTheWantedRunsOnce() {
        for (int i = 0; i < 7; i++) {
            registry.accept(RunRegistryTest.run("run." + i, 1, i == 3 ? Run.State.RUNNING : Run.State.FAILED));
        }
        List<String> seen = new ArrayList<>();
        Optional<String> page = Optional.of("99999999999999.z");
        while (page.isPresent()) {
            RunQuery query = RunQuery.of("FAILED,QUEUED", "2020-01-01T00:00:00Z", null, null, "2", page.get());
            List<Run> found = query.of(registry);
            found.stream().limit(query.limit()).forEach(run -> seen.add(run.id()));
            page = query.next(found);
        }
        assertThat(seen).containsExactly("run.6", "run.5", "run.4", "run.2", "run.1", "run.0");
        assertThat(RunQuery.of(null, "2030-01-01T00:00:00Z", null, null, null, null)
                        .of(registry))
                .isEmpty();
        assertThat(RunQuery.of(null, null, null, null, null, null).of(registry)).hasSize(7);
    }

    @Test
    void listsRunsThatHaveAllTags() {
        registry.accept(tagged("both", "a", "b"));
        registry.accept(tagged("one", "a"));
        registry.accept(tagged("none"));
        assertThat(ids("a")).containsExactly("one", "both");
        assertThat(ids("b,a")).containsExactly("both");
        assertThat(RunQuery.of(null, null, "b,a", null, "1", null).page("5.a").toString())
                .isEqualTo("/runs?limit=1&tag=a%2Cb&page=5.a");
    }

    @Test
    void listsMembersOfScoringsUnlessTheyAreLeftOut() {
        registry.accept(tagged("run"));
        registry.accept(Run.queued(
                OrderWire.fromWire(
                        OrderWire.toWire(RunRegistryTest.run("s-member-0", 1, Run.State.FAILED)
                                        .order())
                                .toBuilder()
                                .setMember(ScoringMember.newBuilder()
                                        .setScoringId("s")
                                        .setStopAfterEpochs(1))
                                .build()),
                1_000));
        assertThat(RunQuery.of(null, null, null, null, null, null).of(registry)).hasSize(2);
        assertThat(RunQuery.of(null, null, null, "true", null, null).of(registry))
                .hasSize(2);
        RunQuery without = RunQuery.of(null, null, null, "false", "1", null);
        assertThat(without.of(registry)).extracting(Run::id).containsExactly("run");
        assertThat(without.page("5.a")).hasToString("/runs?limit=1&members=false&page=5.a");
        assertThatThrownBy(() -> RunQuery.of(null, null, null, "no", null, null))
                .hasMessage("members is no, allowed is true or false");
    }

    private List<String> ids(String tag) {
        return RunQuery.of(null, null, tag, null, null, null).of(registry).stream()
                .map(Run::id)
                .toList();
    }

    private static Run tagged(String id, String... tags) {
        TrainingOrder order = OrderWire.fromWire(
                OrderWire.toWire(RunRegistryTest.run(id, 1, Run.State.FAILED).order()).toBuilder()
                        .addAllTags(List.of(tags))
                        .build());
        return Run.queued(order, 1_000);
    }

    @Test
    void addressOfAPageHasTheWholeQuery() {
        assertThat(RunQuery.of("FAILED", "2020-01-01T00:00:00Z", null, null, "2", null)
                        .page("5.a")
                        .toString())
                .isEqualTo("/runs?limit=2&state=FAILED&since=2020-01-01T00%3A00%3A00Z&page=5.a");
    }

    @ParameterizedTest
    @CsvSource({
        "failed,,,,,'state is failed, allowed are, separated by commas, QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED'",
        "'',,,,,'state is , allowed are, separated by commas, QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED'",
        ",yesterday,,,,'since is yesterday, allowed is a time such as 2026-01-31T12:00:00Z'",
        ",,Upper,,,'tag is Upper, allowed is tags, separated by commas, of [a-z0-9._-]{1,40}'",
        ",,'a,',,,'tag is , allowed is tags, separated by commas, of [a-z0-9._-]{1,40}'",
        ",,,0,,'limit is 0, allowed is [1, 1000]'",
        ",,,1001,,'limit is 1001, allowed is [1, 1000]'",
        ",,,x,,'limit is x, allowed is [1, 1000]'",
        ",,,,a,'page is a, allowed is what header Link of the page before names'",
        ",,,,99999999999999999999.a,'page is 99999999999999999999.a, allowed is what header Link of the page before names'"
    })
    void namesWhatIsNotAllowed(
            @Nullable String state,
            @Nullable String since,
            @Nullable String tag,
            @Nullable String limit,
            @Nullable String page,
            String message) {
        assertThatThrownBy(() -> RunQuery.of(state, since, tag, null, limit, page))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
