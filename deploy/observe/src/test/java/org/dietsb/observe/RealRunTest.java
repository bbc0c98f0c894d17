package org.dietsb.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dietsb.observe.Dashboard.Panel;
import org.dietsb.observe.Dashboard.Query;
import org.dietsb.observe.ProjectFiles.Alert;
import org.dietsb.observe.Prometheus.Series;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every query of dashboards and alerts has an answer: two scorings, a baseline run, a pruned run whose policy is swapped, its
 * replay and a run with a proxy are scraped every second by a real Prometheus. GPU metrics are recorded ones. Draws each
 * dashboard into target/dashboards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealRunTest {
    private static final String RECIPE = "\"limit\": 500, \"epochs\": 5";
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:dietsb|kafka|process|jvm|DCGM_FI)_[A-Za-z0-9_]+(?=[\\s{\\[()*/,]|$)");
    private static final Pattern COMPARISON = Pattern.compile(" (==|!=|<=|>=|<|>) ");

    private ObservedSystem system;
    private Prometheus prometheus;
    private Instant from;
    private Instant to;
    private Map<String, String> values;

    @BeforeAll
    void observeARun() throws Exception {
        Assumptions.assumeTrue(
                Prometheus.onPath("prometheus").isPresent(), "no prometheus here (Debian: apt-get install prometheus)");
        system = ObservedSystem.start();
        prometheus = system.prometheus();
        from = Instant.now();
        String scoring = "\"limit\": 500, \"members\": 1, \"scoringEpochs\": 1, \"epochs\": 5";
        system.score("set-1", "{\"id\": \"set-1\", " + scoring + "}");
        system.score("set-2", "{\"id\": \"set-2\", \"seed\": 2, " + scoring + "}");
        system.order("{\"id\": \"baseline\", " + RECIPE + "}");
        system.awaitCompleted("baseline");
        system.order("{\"id\": \"pruned\", " + RECIPE + ", \"policy\": {\"kind\": \"diet-selective\","
                + " \"prePruned\": 0.25, \"scoreSet\": \"set-1\"}}");
        system.swapAfter(1, "pruned", "{\"kind\": \"selective\", \"keep\": 0.25}");
        system.awaitCompleted("pruned");
        system.order("{\"id\": \"replayed\", \"limit\": 500, \"epochs\": 2, \"evaluateEvery\": 0,"
                + " \"policy\": {\"kind\": \"replay\", \"of\": \"pruned\"}}");
        system.awaitCompleted("replayed");
        system.order("{\"id\": \"judged\", \"limit\": 500, \"epochs\": 2, \"evaluateEvery\": 0,"
                + " \"policy\": {\"kind\": \"selective\", \"losses\": \"proxy:resnet8\"}}");
        system.awaitCompleted("judged");
        // The trainers' metrics of all runs are a few seconds old.
        await().atMost(Duration.ofMinutes(1))
                .until(() -> prometheus.at("sum(max by (topic) (dietsb_orders_open))", Instant.now()).stream()
                        .anyMatch(series -> series.last() == 0));
        Thread.sleep(2_000);
        to = Instant.now();
        values = new LinkedHashMap<>();
        values.put("__rate_interval", "8s");
        values.put("__range", Duration.between(from, to).toSeconds() + "s");
        values.put("namespace", "dietsb");
        values.put("run", "baseline|pruned");
        values.put("scoring", "set-1|set-2");
    }

    @AfterAll
    void stop() throws Exception {
        if (system != null) {
            system.close();
        }
    }

    private List<Series> ask(Query query) {
        String expr = Dashboard.filledIn(query.expr(), values);
        return query.instant() ? prometheus.at(expr, to) : prometheus.range(expr, from, to, STEP);
    }

    @TestFactory
    Stream<DynamicNode> everyQueryOfEveryPanelReturnsAFiniteSeries() {
        return ProjectFiles.dashboards().stream()
                .map(dashboard -> dynamicContainer(
                        dashboard.name(), dashboard.panels().stream().flatMap(panel -> panel.queries().stream()
                                .map(query ->
                                        dynamicTest(panel.title() + " " + query.refId(), () -> assertThat(ask(query))
                                                .as(query.expr())
                                                .isNotEmpty())))));
    }

    @TestFactory
    Stream<DynamicNode> everyVariableHasValues() {
        Pattern labelValues = Pattern.compile("label_values\\((.+), (\\w+)\\)");
        return ProjectFiles.dashboards().stream().flatMap(dashboard -> dashboard.variables().stream()
                .filter(variable -> variable.path("type").asText().equals("query"))
                .map(variable -> dynamicTest(
                        dashboard.name() + " " + variable.path("name").asText(), () -> {
                            Matcher query = labelValues.matcher(
                                    variable.at("/query/query").asText());
                            assertThat(query.matches()).isTrue();
                            assertThat(prometheus.values(
                                            query.group(2), Optional.of(Dashboard.filledIn(query.group(1), values))))
                                    .contains(Dashboard.filledIn(
                                                    "$" + variable.path("name").asText(), values)
                                            .split("\\|")[0]);
                        })));
    }

    @Test
    void policySwapsAreMarkedWhenTheyTakeEffect() {
        for (Dashboard dashboard : ProjectFiles.dashboards()) {
            for (JsonNode annotation : dashboard.annotations()) {
                List<Series> marks = prometheus.range(
                        Dashboard.filledIn(annotation.path("expr").asText(), values), from, to, STEP);
                assertThat(marks)
                        .extracting(mark ->
                                mark.labels().get("run") + " " + mark.labels().get("revision") + " "
                                        + mark.labels().get("policy"))
                        .containsExactlyInAnyOrder(
                                "baseline 0 baseline", "pruned 0 diet-selective", "pruned 1 selective");
                assertThat(marks).allSatisfy(mark -> assertThat(mark.last())
                        .isBetween((double) from.toEpochMilli(), (double) to.toEpochMilli()));
            }
        }
    }

    /** With comparisons that return 0 or 1, an alert is silent only if it has nothing to compare. */
    @TestFactory
    Stream<DynamicNode> everyAlertHasSomethingToCompare() {
        return ProjectFiles.alerts().stream()
                .map(alert -> dynamicTest(alert.name(), () -> {
                    assertThat(COMPARISON.matcher(alert.expr()).find()).isTrue();
                    String compared = COMPARISON.matcher(alert.expr()).replaceAll(" $1 bool ");
                    assertThat(prometheus.range(compared, from, to, STEP))
                            .as(compared)
                            .isNotEmpty();
                }));
    }

    @Test
    void everyLinkLeadsToAPageOfTheControlRoom() throws Exception {
        Set<String> links = new HashSet<>();
        for (Dashboard dashboard : ProjectFiles.dashboards()) {
            links.add(dashboard.json().at("/links/1/url").asText());
            for (Panel panel : dashboard.panels()) {
                links.add(panel.json().at("/fieldConfig/defaults/links/0/url").asText());
            }
        }
        links.remove("");
        assertThat(links).hasSize(2);
        for (String link : links) {
            String path = link.replace("${control_room:raw}", "").replace("${__field.labels.run}", "pruned");
            assertThat(system.statusOfPage(path)).as(link).isEqualTo(200);
        }
    }

    /** Except one: a few epochs on a quarter of few images are not enough to reach the accuracy of the baseline. */
    @Test
    void aHealthyRunFiresNoAlert() {
        assertThat(prometheus.firing()).allMatch(alert -> alert.contains("DietsbAccuracyBelowBaseline"));
    }

    @Test
    void everyReferencedMetricIsExported() {
        Set<String> exported = new HashSet<>(prometheus.values("__name__", Optional.empty()));
        List<String> named = new ArrayList<>();
        for (Dashboard dashboard : ProjectFiles.dashboards()) {
            dashboard.panels().forEach(panel -> panel.queries().forEach(query -> named.add(query.expr())));
            dashboard.annotations().forEach(one -> named.add(one.path("expr").asText()));
            dashboard
                    .variables()
                    .forEach(one -> named.add(one.at("/query/query").asText()));
        }
        ProjectFiles.alerts().stream().map(Alert::expr).forEach(named::add);
        assertThat(named.stream()
                        .flatMap(expr -> METRIC.matcher(expr).results())
                        .map(found -> found.group()))
                .hasSizeGreaterThan(100)
                .allSatisfy(metric -> assertThat(exported).contains(metric));
    }

    @Test
    void theFirstRowShowsWhatPruningSavesAndCosts() {
        Dashboard training = ProjectFiles.dashboards().stream()
                .filter(dashboard -> dashboard.name().equals("training"))
                .findFirst()
                .orElseThrow();
        JsonNode pruned = system.run("pruned");
        JsonNode baseline = system.run("baseline");
        int last = pruned.path("epochs").size() - 1;

        assertThat(last(training, "Accuracy against baseline"))
                .isCloseTo(accuracy(pruned, last) - accuracy(baseline, last), within());
        assertThat(last(training, "Examples left out"))
                .isCloseTo(pruned.path("totalPruned").asDouble(), within());
        assertThat(last(training, "Time saved per epoch"))
                .isCloseTo(1 - medianSeconds(pruned) / medianSeconds(baseline), within());
        assertThat(prometheus.at("dietsb_time_saved{run=\"baseline\"}", Instant.now()))
                .as("a baseline saves nothing")
                .isEmpty();
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-6);
    }

    private static double accuracy(JsonNode run, int epoch) {
        return run.at("/epochs/" + epoch + "/accuracy").asDouble();
    }

    /** Returns the median duration of the epochs from the second on. */
    private static double medianSeconds(JsonNode run) {
        double[] seconds = run.path("epochs")
                .valueStream()
                .skip(1)
                .mapToDouble(epoch -> epoch.path("seconds").asDouble())
                .sorted()
                .toArray();
        return (seconds[(seconds.length - 1) / 2] + seconds[seconds.length / 2]) / 2;
    }

    /** Returns the pruned run's last value of a panel. */
    private double last(Dashboard dashboard, String title) {
        Panel panel = dashboard.panels().stream()
                .filter(one -> one.title().equals(title))
                .findFirst()
                .orElseThrow();
        return ask(panel.queries().get(0)).stream()
                .filter(series -> "pruned".equals(series.labels().get("run")))
                .findFirst()
                .orElseThrow()
                .last();
    }

    @TestFactory
    Stream<DynamicNode> whatEachDashboardShowsIsDrawn() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "dashboards"));
        return ProjectFiles.dashboards().stream()
                .map(dashboard -> dynamicTest(dashboard.name(), () -> {
                    Picture picture = new Picture(dashboard, from, to);
                    for (JsonNode annotation : dashboard.annotations()) {
                        prometheus
                                .range(
                                        Dashboard.filledIn(
                                                annotation.path("expr").asText(), values),
                                        from,
                                        to,
                                        STEP)
                                .forEach(mark -> picture.mark(mark.last() / 1e3));
                    }
                    for (Panel panel : dashboard.panels()) {
                        picture.draw(
                                panel, panel.queries().stream().map(this::ask).toList());
                    }
                    Path file = folder.resolve(dashboard.name() + ".png");
                    assertThat(ImageIO.write(picture.image(), "png", file.toFile()))
                            .isTrue();
                }));
    }
}
