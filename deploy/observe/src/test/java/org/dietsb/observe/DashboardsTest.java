package org.dietsb.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.dietsb.contracts.policy.MethodColour;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.observe.Dashboard.Panel;
import org.dietsb.observe.Dashboard.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks of the dashboard files, as a reviewer would make them. */
class DashboardsTest {
    private static final String DATASOURCE = "${datasource}";
    private static final Pattern FIXED_INTERVAL = Pattern.compile("\\[[0-9]+[smhd]]");

    static List<Dashboard> dashboards() {
        return ProjectFiles.dashboards();
    }

    @Test
    void fourDashboardsHaveDistinctIds() {
        assertThat(dashboards())
                .extracting(Dashboard::name)
                .containsExactlyInAnyOrder("training", "selection", "scoring", "fleet");
        assertThat(dashboards())
                .allSatisfy(dashboard ->
                        assertThat(dashboard.json().path("uid").asText()).isEqualTo("dietsb-" + dashboard.name()));
        assertThat(dashboards()).extracting(Dashboard::title).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyQueryUsesTheSelectedDatasourceAndNamespace(Dashboard dashboard) {
        assertThat(dashboard.variables())
                .extracting(variable -> variable.path("name").asText())
                .startsWith("datasource", "namespace")
                .hasSize(4);
        assertThat(dashboard.json().findValues("datasource"))
                .extracting(source -> source.path("uid").asText())
                .isNotEmpty()
                .containsOnly(DATASOURCE, "-- Grafana --");
        for (Panel panel : dashboard.panels()) {
            for (Query query : panel.queries()) {
                boolean alerts = query.expr().contains("ALERTS{");
                assertThat(alerts || query.expr().contains("namespace=~\"$namespace\""))
                        .as(query.expr())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelHasATitleAndADescription(Dashboard dashboard) {
        Set<Integer> ids = new HashSet<>();
        Set<String> titles = new HashSet<>();
        for (Panel panel : dashboard.panels()) {
            assertThat(ids.add(panel.json().path("id").asInt()))
                    .as(panel.title())
                    .isTrue();
            assertThat(panel.title()).isNotEmpty();
            assertThat(titles.add(panel.title())).as(panel.title()).isTrue();
            if (panel.isRow()) {
                continue;
            }
            assertThat(panel.json().path("description").asText().length())
                    .as(panel.title())
                    .isGreaterThan(30);
            if (!panel.type().equals("text")) {
                assertThat(panel.unit()).as(panel.title()).isNotEmpty();
                assertThat(panel.queries()).as(panel.title()).isNotEmpty();
                assertThat(panel.queries()).extracting(Query::refId).doesNotHaveDuplicates();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void ratesUseTheIntervalThatFitsTheScrapeInterval(Dashboard dashboard) {
        for (Panel panel : dashboard.panels()) {
            for (Query query : panel.queries()) {
                assertThat(FIXED_INTERVAL.matcher(query.expr()).find())
                        .as(query.expr())
                        .isFalse();
                if (query.expr().contains("rate(")) {
                    assertThat(query.expr()).contains("[$__rate_interval]");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsAreWithinTheGridAndDoNotOverlap(Dashboard dashboard) {
        List<Panel> before = new ArrayList<>();
        for (Panel panel : dashboard.panels()) {
            assertThat(panel.x()).isNotNegative();
            assertThat(panel.width()).isPositive();
            assertThat(panel.height()).isPositive();
            assertThat(panel.x() + panel.width()).as(panel.title()).isLessThanOrEqualTo(24);
            for (Panel other : before) {
                boolean apart = panel.x() + panel.width() <= other.x()
                        || other.x() + other.width() <= panel.x()
                        || panel.y() + panel.height() <= other.y()
                        || other.y() + other.height() <= panel.y();
                assertThat(apart).as(panel.title() + " and " + other.title()).isTrue();
            }
            before.add(panel);
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyDashboardLinksToTheOthers(Dashboard dashboard) {
        JsonNode link = dashboard.json().at("/links/0");
        assertThat(link.path("type").asText()).isEqualTo("dashboards");
        assertThat(link.path("includeVars").asBoolean()).isTrue();
        assertThat(link.path("keepTime").asBoolean()).isTrue();
        assertThat(dashboard.json().path("tags"))
                .extracting(JsonNode::asText)
                .contains(link.at("/tags/0").asText());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyDashboardLinksToTheControlRoom(Dashboard dashboard) {
        assertThat(dashboard.variables())
                .extracting(one -> one.path("name").asText())
                .contains("control_room");
        assertThat(dashboard.json().at("/links/1/url").asText()).isEqualTo("${control_room:raw}/");
        for (Panel panel : dashboard.panels()) {
            boolean byRun =
                    panel.queries().stream().anyMatch(query -> query.legend().contains("{{run}}"));
            assertThat(panel.json().at("/fieldConfig/defaults/links/0/url").asText())
                    .as(panel.title())
                    .isEqualTo(byRun ? "${control_room:raw}/control/runs/${__field.labels.run}" : "");
        }
    }

    /** Both files of compose, since a person starts one or the other. */
    @Test
    void theOtherFileOfComposeMountsTheSameFiles() {
        List<String> mounts = new ArrayList<>();
        ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("compose.monitor.yaml"))
                .path("services")
                .forEach(service -> service.path("volumes").forEach(volume -> mounts.add(volume.asText())));
        assertThat(mounts)
                .contains(
                        "../../helm/dietsb/files/dashboards:/etc/grafana/dashboards:ro",
                        "../../helm/dietsb/files/rules:/etc/prometheus/rules:ro",
                        "./prometheus-local.yml:/etc/prometheus/prometheus.yml:ro");
    }

    @Test
    void bothConfigurationsOfPrometheusScrapeTheSameJobs() {
        JsonNode containers = ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("prometheus.yml"));
        JsonNode local = ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("prometheus-local.yml"));
        List<String> addresses = new ArrayList<>();
        for (JsonNode targets : containers.findValues("targets")) {
            addresses.add(targets.get(0).asText().replaceAll(".*:", "127.0.0.1:"));
        }
        assertThat(local.findValues("targets").stream()
                        .map(targets -> targets.get(0).asText()))
                .containsExactlyElementsOf(addresses);
        assertThat(local.findValuesAsText("job_name")).isEqualTo(containers.findValuesAsText("job_name"));
        assertThat(local.findValues("labels")).isEqualTo(containers.findValues("labels"));
    }

    /** A trainer with the GPUs replaces that without; both have the same name, port and volumes. */
    @Test
    void oneTrainerRunsInEitherProfile() {
        JsonNode services =
                ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("compose.yaml")).path("services");
        JsonNode gpu = services.path("trainer-gpu");
        assertThat(services.at("/trainer/profiles/0").asText()).isEqualTo("cpu");
        assertThat(gpu.at("/profiles/0").asText()).isEqualTo("gpu");
        assertThat(gpu.at("/networks/default/aliases/0").asText()).isEqualTo("trainer");
        assertThat(gpu.at("/deploy/resources/reservations/devices/0/capabilities/0")
                        .asText())
                .isEqualTo("gpu");
        assertThat(ProjectFiles.OBSERVE.resolve(".env")).content().contains("COMPOSE_PROFILES=cpu");
    }

    @Test
    void theWorkstationHasTheSameDashboardsAndRules() {
        JsonNode compose = ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("compose.yaml"));
        List<String> mounts = new ArrayList<>();
        compose.path("services")
                .forEach(service -> service.path("volumes").forEach(volume -> mounts.add(volume.asText())));
        assertThat(mounts)
                .contains(
                        "../../helm/dietsb/files/dashboards:/etc/grafana/dashboards:ro",
                        "../../helm/dietsb/files/rules:/etc/prometheus/rules:ro");
        assertThat(mounts.stream()
                        .filter(mount -> mount.startsWith("."))
                        .map(mount -> ProjectFiles.OBSERVE.resolve(mount.substring(0, mount.indexOf(':')))))
                .allSatisfy(
                        file -> assertThat(Files.exists(Path.of(file.toString()).normalize()))
                                .as(file.toString())
                                .isTrue());
        assertThat(ProjectFiles.yaml(ProjectFiles.OBSERVE.resolve("grafana/provisioning/dashboards/dietsb.yaml"))
                        .at("/providers/0/options/path")
                        .asText())
                .isEqualTo("/etc/grafana/dashboards");
    }

    /** The list is read by a shell there, because Kafka's image has no other program. */
    @Test
    void theWorkstationHasTheListedTopics() throws Exception {
        Path list = ProjectFiles.ROOT.resolve("deploy/topics.json");
        ProcessBuilder creating = new ProcessBuilder(
                "sh", ProjectFiles.OBSERVE.resolve("create-topics.sh").toString(), list.toString());
        creating.environment().put("KAFKA_TOPICS", "echo");
        Process process = creating.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();

        List<String> wanted = new ArrayList<>();
        for (JsonNode topic : ProjectFiles.yaml(list).path("topics")) {
            StringBuilder line = new StringBuilder("--create --if-not-exists --topic ")
                    .append(topic.path("name").asText())
                    .append(" --partitions ")
                    .append(topic.path("partitions").asText())
                    .append(" --replication-factor 1");
            topic.path("config").properties().forEach(setting -> line.append(" --config ")
                    .append(setting.getKey())
                    .append('=')
                    .append(setting.getValue().asText()));
            wanted.add(line.toString());
        }
        assertThat(said.lines()).containsExactlyElementsOf(wanted);
    }

    @Test
    void aMethodHasItsOneColour() {
        List<Panel> byPolicy = dashboards().stream()
                .flatMap(dashboard -> dashboard.panels().stream())
                .filter(panel -> panel.queries().stream()
                        .anyMatch(query -> query.legend().equals("{{policy}}")))
                .toList();
        assertThat(byPolicy).hasSize(2).allSatisfy(panel -> {
            for (PolicyKind kind : PolicyKind.values()) {
                assertThat(panel.json().at("/fieldConfig/overrides"))
                        .as(kind.label())
                        .filteredOn(one -> one.at("/matcher/id").asText().equals("byName")
                                && one.at("/matcher/options").asText().equals(kind.label()))
                        .singleElement()
                        .extracting(
                                one -> one.at("/properties/0/value/fixedColor").asText())
                        .isEqualTo(MethodColour.of(kind).onDark());
            }
        });
    }
}
