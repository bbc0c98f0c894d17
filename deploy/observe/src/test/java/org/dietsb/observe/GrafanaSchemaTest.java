package org.dietsb.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dietsb.observe.Dashboard.Panel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks dashboards against Grafana's own types (resources, folder grafana): those of a dashboard, and those that each kind of panel adds. */
class GrafanaSchemaTest {
    /** Fields that the datasource Prometheus adds to an annotation; Grafana's types leave them to datasources. */
    private static final List<String> OF_PROMETHEUS =
            List.of("expr", "step", "tagKeys", "textFormat", "titleFormat", "useValueForTime");

    /** The version that compose.yaml starts, and the newest one. */
    private static final List<String> VERSIONS = List.of("11.6.16", "13.2.3");

    static List<Arguments> dashboards() {
        return VERSIONS.stream()
                .flatMap(version -> ProjectFiles.dashboards().stream().map(one -> Arguments.of(version, one)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyFieldIsKnownAndHasItsType(String version, Dashboard dashboard) {
        ObjectNode json = dashboard.json().deepCopy();
        for (JsonNode annotation : json.at("/annotations/list")) {
            if (annotation.at("/datasource/type").asText().equals("prometheus")) {
                ((ObjectNode) annotation).remove(OF_PROMETHEUS);
            }
        }
        assertThat(schema(version, "dashboard").validate(json)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelHasOnlyOptionsOfItsKind(String version, Dashboard dashboard) {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Panel panel : dashboard.panels()) {
            if (!panel.isRow()) {
                wrong.addAll(unknown(version, panel, "Options", panel.json().path("options")));
                JsonNode custom = panel.json().at("/fieldConfig/defaults/custom");
                if (!custom.isEmpty()) {
                    wrong.addAll(unknown(version, panel, "FieldConfig", custom));
                }
                checked++;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isPositive();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void fieldsUnknownToGrafanaAreFound(String version) {
        ObjectNode json = ProjectFiles.dashboards().get(0).json().deepCopy();
        json.put("titel", "Training");
        ((ObjectNode) json.at("/panels/0/gridPos")).put("h", "8");
        assertThat(schema(version, "dashboard").validate(json))
                .extracting(ValidationMessage::getType)
                .contains("additionalProperties", "type");
    }

    /** Grafana's types require fields that Grafana fills in if a file leaves them out. */
    private static List<String> unknown(String version, Panel panel, String what, JsonNode json) {
        return schema(version, panel.type() + "-" + what).validate(json).stream()
                .filter(message -> !message.getType().equals("required"))
                .map(message -> panel.title() + ": " + message.getMessage())
                .toList();
    }

    private static JsonSchema schema(String version, String name) {
        try (InputStream file =
                GrafanaSchemaTest.class.getResourceAsStream("/grafana/" + version + "/" + name + ".json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                    .getSchema(new ObjectMapper().readTree(Objects.requireNonNull(file, name)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
