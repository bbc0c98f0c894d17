package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.dietsb.browser.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reports on real runs. report/results.zip holds the folders runs, scores and images of DIR, written by {@code dietsb report
 * --experiment deploy/launcher/src/test/resources/report/experiment.yaml --out DIR}.
 */
class ReportTest {

    private final Path folder;
    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final StringWriter complaints = new StringWriter();

    ReportTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
    }

    private static Path experiment() {
        return Path.of(System.getProperty("dietsb.root"), "deploy/launcher/src/test/resources/report/experiment.yaml");
    }

    private int report(String... more) {
        Stream<String> line = Stream.of("report", "--experiment", experiment().toString(), "--out", folder.toString());
        return Dietsb.commandLine()
                .setErr(new PrintWriter(complaints))
                .execute(Stream.concat(line, Stream.of(more)).toArray(String[]::new));
    }

    private String output() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private void unpackResults() throws IOException {
        try (InputStream packed = ReportTest.class.getResourceAsStream("/report/results.zip");
                ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(packed))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(file.getParent());
                    Files.copy(zip, file);
                }
            }
        }
    }

    @Test
    void reportsOnExistingResultsWithoutRunningAnything() throws IOException {
        // Given
        unpackResults();

        // When: no system is running, and none is started, because nothing is missing.
        int exitCode = report();

        // Then
        assertThat(complaints.toString()).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(output().lines()).hasSize(8 + 1).allSatisfy(line -> assertThat(line)
                .matches("(holds|does not hold|cannot tell here): .*|Wrote .*report.html"));
        String page = Files.readString(folder.resolve("report.html"));
        for (String heading : List.of(
                "Panel (a)",
                "Panel (b)",
                "Panel (c)",
                "Panel (d)",
                "Panel (e)",
                "Panel (f)",
                "Table 1",
                "Break-even")) {
            assertThat(page).contains("<h2>" + heading);
        }
        assertThat(page)
                .as("self-contained")
                .doesNotContain("src=\"http", "href=\"http", "<script", "url(")
                .doesNotContain("NaN", "Infinity")
                .contains("data:image/png;base64,")
                // Computed from the same results by other means: Random 50 % against the baseline, its seconds, panel
                // (d).
                .contains("-6.68 [-23.98, +10.62]", "<td class=\"n\">0.882 ", "0.351 [0.206, 0.496]")
                .contains(
                        "<h2>Beside the controls",
                        "no better than training less: not above equal cost and random",
                        "not shown: n = 2",
                        "<h2>Provenance",
                        "<desc>");
        assertThat(Files.readAllLines(folder.resolve("runs.csv"))).hasSize(1 + 93);
        assertThat(Files.readAllLines(folder.resolve("figures.csv")))
                .contains("Panel (c): pruned sets between architectures and between seeds,Overlap of pruned"
                        + " sets,chance,true,10,0.1,,,0");
        assertThat(sha256("runs.csv")).isEqualTo("574a4b2aba89750d563556fb405e3ffd5ac07c1cda3bf8a333ea4e703d55fbc0");
        assertThat(sha256("figures.csv")).isEqualTo("0a705df3390168a1dcf7307fc23032a89ef2fea3df882c5c5256565b7c956202");

        // When: two results are missing.
        List<Path> runs = files("runs");
        Files.delete(runs.get(0));
        Files.delete(runs.get(1));
        written.reset();

        // Then
        assertThat(report("--plan")).isZero();
        assertThat(output()).contains("93 runs", "missing are 2 runs and 0 scorings");
        assertThat(report("--as-is")).isZero();
        assertThat(Files.readAllLines(folder.resolve("runs.csv"))).hasSize(1 + 91);
    }

    /** The digests above pin the bytes of the CSV files, which other programs read. */
    private String sha256(String name) throws IOException {
        try {
            byte[] content = Files.readAllBytes(folder.resolve(name));
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(part))) {
            return files.sorted().toList();
        }
    }

    @Test
    void rejectsRunsOnDifferentData() throws IOException {
        unpackResults();
        Path run = files("runs").get(3);
        Files.writeString(run, Files.readString(run).replaceFirst("\"fingerprint\":\"..", "\"fingerprint\":\"xx"));
        assertThat(report("--as-is")).isEqualTo(1);
        assertThat(complaints.toString()).contains("was computed on other data named fashion-mini");
    }

    @Test
    void rejectsRunsWhoseMasksTimedOut() throws IOException {
        unpackResults();
        Path run = files("runs").stream()
                .filter(file -> file.toString().contains("-selective-"))
                .findFirst()
                .orElseThrow();
        Files.writeString(run, Files.readString(run).replaceFirst("\"maskTimeouts\":0", "\"maskTimeouts\":1000000"));
        assertThat(report("--as-is")).isEqualTo(1);
        assertThat(complaints.toString())
                .contains("shows nothing about its policy (1000000 of 1000000 masks timed out): delete " + run
                        + ", and the report trains it again");
    }

    @Test
    void reportsUnreadableResults() throws IOException {
        unpackResults();
        Path run = files("runs").get(3);
        Files.writeString(run, "{");
        assertThat(report("--as-is")).isEqualTo(1);
        assertThat(complaints.toString()).contains("cannot read " + run + ", delete it to have it created again");
    }

    @ParameterizedTest
    @CsvSource({
        "smoke.yaml, 78",
        "cpu.yaml, 135",
        "poster.yaml, 360",
        "proxy.yaml, 150",
        "proxy-fashion.yaml, 150",
        "saturated.yaml, 300",
        "saturated-fashion.yaml, 150",
        "saturated-cifar.yaml, 65"
    })
    void theProjectsExperimentsAreValid(String name, int runs) {
        String file = experiment()
                .resolve("../../../../../../experiments/" + name)
                .normalize()
                .toString();
        assertThat(Dietsb.commandLine().execute("report", "--plan", "--experiment", file, "--out", folder.toString()))
                .isZero();
        assertThat(output()).contains(": " + runs + " runs, ");
    }

    @Test
    void reportsMissingResults() {
        assertThat(report("--as-is")).isEqualTo(1);
        assertThat(complaints.toString()).contains("holds no results of this experiment yet");
    }

    @Test
    void rendersInABrowser() throws IOException {
        unpackResults();
        assertThat(report()).isZero();
        try (Browser browser = Browser.start("file://" + folder)) {
            browser.open("/report.html");
            assertThat(browser.texts("h2"))
                    .extracting(text -> text.replaceAll(":.*", ""))
                    .containsExactly(
                            "Verdicts",
                            "Beside the controls",
                            "Panel (a)",
                            "Panel (b)",
                            "Panel (c)",
                            "Panel (d)",
                            "Panel (e)",
                            "Panel (f)",
                            "Classes of what is pruned",
                            "Table 1",
                            "Break-even",
                            "The experiment",
                            "Provenance");
            assertThat(browser.imagesOfWidth(28))
                    .as("images of training examples")
                    .isEqualTo(60);
            browser.look(1280, 900, false);
            browser.mustBeFitForAll();
            browser.picture("report-wide");
            browser.look(420, 900, true);
            browser.mustBeFitForAll();
            browser.picture("report-narrow-dark");
            browser.mustHaveNoComplaints();
        }
    }
}
