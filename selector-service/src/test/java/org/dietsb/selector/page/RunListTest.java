package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.RunSheetWire;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class RunListTest {

    private static List<RunSheet> runs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Run.Builder run = Run.newBuilder().setState(Run.State.QUEUED);
                    run.getOrderBuilder().setRunId("run-" + i).setFirstPolicy(Stored.SELECTIVE);
                    return RunSheetWire.fromWire(run.build());
                })
                .toList();
    }

    private static RunFilter page(int number) {
        return filter("page=" + number);
    }

    private static RunFilter filter(String query) {
        MultivaluedMap<String, String> values = new MultivaluedHashMap<>();
        for (String pair : query.split("&")) {
            values.add(pair.split("=")[0], pair.split("=")[1]);
        }
        return RunFilter.of(values);
    }

    private static RunSheet run(String id, Run.State state, Policy.Kind kind, double accuracy) {
        Run.Builder run = Run.newBuilder().setState(state).setAccuracy(accuracy);
        run.getOrderBuilder()
                .setRunId(id)
                .setModel("resnet8")
                .setFirstPolicy(Stored.SELECTIVE.toBuilder().setKind(kind));
        return RunSheetWire.fromWire(run.build());
    }

    private static RunSheet proxy(String id) {
        Run.Builder run = Run.newBuilder().setState(Run.State.COMPLETED);
        run.getOrderBuilder().setRunId(id).setProxyOf("a-selective").setFirstPolicy(Stored.SELECTIVE);
        return RunSheetWire.fromWire(run.build());
    }

    private static final List<RunSheet> FOUR = List.of(
            run("a-selective", Run.State.COMPLETED, Policy.Kind.SELECTIVE, .8),
            run("b-random", Run.State.FAILED, Policy.Kind.RANDOM, .7),
            run("c-random", Run.State.COMPLETED, Policy.Kind.RANDOM, .9),
            proxy("d-proxy"));

    private static List<String> ids(RunFilter filter) {
        return RunList.of(FOUR, run -> run.id().startsWith("b"), filter).runs().stream()
                .map(RunRow::id)
                .toList();
    }

    @Test
    void filtersAndSorts() {
        assertThat(ids(RunFilter.NONE)).as("proxies are folded").containsExactly("a-selective", "b-random", "c-random");
        assertThat(ids(filter("q= Random RESNET8 "))).containsExactly("b-random", "c-random");
        assertThat(ids(filter("q=random&sort=accuracy"))).containsExactly("c-random", "b-random");
        assertThat(ids(filter("q=random&state=completed"))).containsExactly("c-random");
        assertThat(ids(filter("state=lost"))).containsExactly("b-random");
        assertThat(ids(filter("helpers=on&policy=selective"))).containsExactly("a-selective", "d-proxy");
        assertThat(filter("page=7&q=a b&state=lost&sort=cost&helpers=on").query(2))
                .isEqualTo("page=2&q=a+b&state=lost&sort=cost&helpers=on");
    }

    @Test
    void unknownValuesOfAFilterAreAsNone() {
        RunFilter filter = filter("state=best&policy=best&sort=best&page=first&helpers=maybe");
        assertThat(ids(filter)).containsExactly("a-selective", "b-random", "c-random");
        assertThat(filter.isNarrow()).isFalse();
        assertThat(RunList.of(FOUR, run -> false, filter).words())
                .isEqualTo("3 runs; 1 of scorings and proxies not shown");
    }

    private static RunSheet tagged(String id, String... tags) {
        Run.Builder run = Run.newBuilder().setState(Run.State.QUEUED);
        run.getOrderBuilder()
                .setRunId(id)
                .setModel("resnet8")
                .setFirstPolicy(Stored.SELECTIVE)
                .addAllTags(List.of(tags));
        return RunSheetWire.fromWire(run.build());
    }

    @Test
    void filtersByTagOnEveryPage() {
        List<RunSheet> runs = IntStream.range(0, 120)
                .mapToObj(i -> i % 2 == 0 ? tagged("run-" + i, "even", "all") : tagged("run-" + i, "all"))
                .toList();
        RunList first = RunList.of(runs, run -> false, filter("tag=even"));
        assertThat(first.words()).isEqualTo("60 runs");
        assertThat(first.pages()).isEqualTo(2);
        assertThat(first.tags()).extracting(RunFilter.Choice::text).containsExactly("any tag", "all", "even");
        assertThat(first.query(2)).isEqualTo("page=2&tag=even");
        RunList second = RunList.of(runs, run -> false, filter(first.query(2)));
        assertThat(second.runs()).hasSize(10).first().satisfies(row -> {
            assertThat(row.id()).isEqualTo("run-100");
            assertThat(row.tags()).containsExactly("even", "all");
        });
        assertThat(filter("tag=gone").isNarrow()).isTrue();
    }

    private static void assertThatPageIs(RunList list, int page, int pages, int first, int count) {
        assertThat(list.page()).isEqualTo(page);
        assertThat(list.pages()).isEqualTo(pages);
        assertThat(list.runs())
                .extracting(RunRow::id)
                .containsExactlyElementsOf(IntStream.range(first, first + count)
                        .mapToObj(i -> "run-" + i)
                        .toList());
    }

    @Test
    void showsEveryRunOnExactlyOnePage() {
        assertThatPageIs(RunList.of(runs(101), run -> false, page(1)), 1, 3, 0, 50);
        assertThatPageIs(RunList.of(runs(101), run -> false, page(2)), 2, 3, 50, 50);
        assertThatPageIs(RunList.of(runs(101), run -> false, page(3)), 3, 3, 100, 1);
        assertThatPageIs(RunList.of(runs(100), run -> false, page(3)), 2, 2, 50, 50);
    }

    @Test
    void clampsThePageNumberToTheExistingPages() {
        assertThatPageIs(RunList.of(runs(3), run -> false, page(0)), 1, 1, 0, 3);
        assertThatPageIs(RunList.of(runs(3), run -> false, page(-7)), 1, 1, 0, 3);
        assertThatPageIs(RunList.of(runs(0), run -> false, page(Integer.MAX_VALUE)), 1, 1, 0, 0);
    }

    @Test
    void aRunWhoseLoopIsSilentIsShownAsLost() {
        assertThat(RunList.of(runs(2), run -> run.id().equals("run-1"), page(1)).runs())
                .extracting(RunRow::state)
                .containsExactly("queued", "lost");
    }
}
