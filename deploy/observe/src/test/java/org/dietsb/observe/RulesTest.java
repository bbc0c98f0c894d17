package org.dietsb.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dietsb.observe.ProjectFiles.Alert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    /** The alerts for the operator of a cluster. */
    private static final List<String> ALERTS = List.of(
            "DietsbNoProgress",
            "DietsbMaskTimeouts",
            "DietsbAccuracyBelowBaseline",
            "DietsbGpuIdle",
            "DietsbRunLost",
            "DietsbSelectorLag",
            "DietsbDeadLetters",
            "DietsbUnstorable",
            "DietsbScoringStuck");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private String promtool(String... arguments) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Prometheus.onPath("promtool").isPresent(), "no promtool here (Debian: apt-get install prometheus)");
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void rulesAreValid() throws Exception {
        assertThat(promtool("check", "rules", "--lint=all", "--lint-fatal", ProjectFiles.RULES.toString()))
                .contains("SUCCESS: 9 rules found");
    }

    @Test
    void everyAlertFiresWhenItMustAndIsSilentOtherwise() throws Exception {
        String cases;
        try (InputStream resource = RulesTest.class.getResourceAsStream("/rules-test.yaml")) {
            cases = new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String alert : ALERTS) {
            // One case that fires, one that is silent.
            assertThat(cases.split("alertname: " + alert + "\n", -1)).hasSizeGreaterThanOrEqualTo(3);
            assertThat(cases).contains("alertname: " + alert + "\n        exp_alerts:");
        }
        Path file = Files.writeString(
                folder.resolve("rules-test.yaml"), cases.replace("- RULES", "- " + ProjectFiles.RULES));
        assertThat(promtool("test", "rules", file.toString())).contains("SUCCESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus.yml", "prometheus-local.yml"})
    void thePrometheusConfigurationOfAWorkstationIsValid(String name) throws Exception {
        String config = Files.readString(ProjectFiles.OBSERVE.resolve(name));
        // As mounted by compose.yaml.
        Path file = Files.writeString(
                folder.resolve("prometheus.yml"),
                config.replace("/etc/prometheus/rules", String.valueOf(ProjectFiles.RULES.getParent())));
        assertThat(promtool("check", "config", file.toString())).contains("SUCCESS");
    }

    @Test
    void everyAlertHasADescriptionAndARunbook() throws IOException {
        assertThat(ProjectFiles.alerts()).extracting(Alert::name).containsExactlyInAnyOrderElementsOf(ALERTS);
        for (Alert alert : ProjectFiles.alerts()) {
            assertThat(alert.rule().at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(alert.rule().at("/annotations/summary").asText()).isNotEmpty();
            assertThat(alert.rule().at("/annotations/description").asText()).contains("{{ $labels.");
            String runbook = "deploy/runbooks/" + alert.name() + ".md";
            assertThat(alert.rule().at("/annotations/runbook_url").asText()).isEqualTo(runbook);
            assertThat(Files.readString(ProjectFiles.ROOT.resolve(runbook)))
                    .startsWith("# " + alert.name() + "\n")
                    .contains("## What it means", "## What to look at", "## What to do");
        }
        try (Stream<Path> runbooks = Files.list(ProjectFiles.RUNBOOKS)) {
            assertThat(runbooks.map(file -> String.valueOf(file.getFileName()).replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(ALERTS);
        }
    }
}
