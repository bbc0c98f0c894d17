package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The chart's documents: the table of values is generated from values.yaml, and the checklist names existing tests. */
class ChartReadmeTest {
    private static final Path VALUES = Project.CHART.resolve("docs/VALUES.md");
    private static final Path CHECKLIST = Project.ROOT.resolve("helm/README.md");
    private static final String START = "<!-- values: generated from values.yaml -->\n";
    private static final String END = "<!-- end of values -->\n";

    /** {@code -Dreadme=write} regenerates the table. */
    @Test
    void tableOfValuesMatchesValuesYaml() throws IOException {
        String readme = Project.text(VALUES);
        int start = readme.indexOf(START) + START.length();
        int end = readme.indexOf(END);
        assertThat(end).isGreaterThanOrEqualTo(start);
        String table = ValuesTable.of(
                Project.text(Project.CHART.resolve("values.yaml")), Project.yaml(Project.CHART.resolve("values.yaml")));
        if ("write".equals(System.getProperty("readme"))) {
            Files.writeString(VALUES, readme.substring(0, start) + table + readme.substring(end));
            return;
        }
        assertThat(readme.substring(start, end))
                .as("mvn -pl helm test -Dtest=ChartReadmeTest -Dreadme=write regenerates it")
                .isEqualTo(table);
    }

    @Test
    void checklistIsCompleteAndNamesExistingTests() throws IOException {
        String readme = Project.text(CHECKLIST);
        for (int item = 1; item <= 14; item++) {
            assertThat(readme).containsPattern("(?m)^\\| " + item + " \\|");
        }
        Matcher named = Pattern.compile("`(\\w+Test)\\.(\\w+)`").matcher(readme);
        int count = 0;
        while (named.find()) {
            String file = named.group(1) + ".java";
            Path here = Path.of("src/test/java/org/dietsb/helm", file);
            Path source = Files.exists(here)
                    ? here
                    : Project.ROOT
                            .resolve("deploy/images/src/test/java/org/dietsb/images")
                            .resolve(file);
            assertThat(Project.text(source)).contains("void " + named.group(2) + "(");
            count++;
        }
        assertThat(count).isGreaterThan(14);
    }

    @Test
    void chartMetadataIsComplete() {
        JsonNode chart = Project.yaml(Project.CHART.resolve("Chart.yaml"));
        assertThat(chart.get("apiVersion").asText()).isEqualTo("v2");
        assertThat(chart.get("kubeVersion").asText()).endsWith("-0");
        for (String key : List.of("appVersion", "icon", "home", "sources", "maintainers", "keywords", "description")) {
            assertThat(chart.has(key)).as(key).isTrue();
        }
        assertThat(chart.get("annotations").properties())
                .isNotEmpty()
                .allSatisfy(annotation -> assertThat(annotation.getKey()).startsWith("artifacthub.io/"));
        assertThat(Project.CHART.resolve("crds")).doesNotExist();
    }
}
