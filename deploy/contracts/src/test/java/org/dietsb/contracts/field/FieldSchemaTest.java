package org.dietsb.contracts.field;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicySchema;
import org.junit.jupiter.api.Test;

class FieldSchemaTest {
    @Test
    void aNumberHasItsRangeAndItsDefault() {
        assertThat(FieldSchema.ofOrder().get("batchSize"))
                .isEqualTo(Map.of(
                        "type",
                        "integer",
                        "description",
                        "Batch size (examples): examples of a batch, of which the policy selects some; allowed is [1, 65536]",
                        "default",
                        128L,
                        "minimum",
                        1.0,
                        "maximum",
                        65_536.0));
        assertThat(FieldSchema.ofOrder().get("momentum"))
                .containsEntry("type", "number")
                .containsEntry("default", .9)
                .containsEntry("minimum", 0.0)
                .containsEntry("exclusiveMaximum", 1.0)
                .doesNotContainKeys("maximum", "enum");
    }

    @Test
    void aChoiceHasItsValues() {
        assertThat(FieldSchema.ofOrder().get("schedule"))
                .containsEntry("type", "string")
                .containsEntry("enum", List.of("cosine", "step", "constant"))
                .containsEntry("default", "cosine")
                .doesNotContainKeys("minimum", "maximum");
        assertThat(FieldSchema.ofOrder().get("augment")).doesNotContainKey("default");
    }

    @Test
    void tagsAreAList() {
        assertThat(FieldSchema.ofOrder().get("tags")).containsEntry("type", "array");
    }

    @Test
    void aShareMayBeWrittenAsText() {
        assertThat(FieldSchema.ofOrder().get("stopAtAccuracy"))
                .containsEntry("type", "number")
                .containsEntry("exclusiveMinimum", 0.0)
                .hasEntrySatisfying(
                        "description", text -> assertThat(text.toString()).endsWith("(0, 1], also as text: 1/2, 50 %"));
    }

    @Test
    void aScoringHasItsOwnFields() {
        assertThat(FieldSchema.ofScoring())
                .containsKeys("members", "scoringEpochs", "epochs")
                .doesNotContainKeys("init");
        assertThat(FieldSchema.ofScoring().get("members")).containsEntry("default", 2L);
    }

    @Test
    void aPolicyHasItsFieldsAndTheParametersOfEachKind() {
        Map<String, Map<String, Object>> fields = PolicySchema.fields();
        assertThat(fields).hasSize(2 + PolicyField.values().length + Parameter.values().length);
        assertThat(fields.get("kind"))
                .containsEntry(
                        "enum",
                        Stream.of(PolicyKind.values()).map(PolicyKind::label).toList());
        assertThat(fields.get("numbers")).isEmpty();
        assertThat(fields.get("tau"))
                .containsEntry("exclusiveMinimum", 0.0)
                .hasEntrySatisfying("description", text -> assertThat(text.toString())
                        .endsWith("; default is 0.3; only of kind progressive"));
        // A client that filled in defaults would send fields that the kind does not have.
        assertThat(fields.values()).noneMatch(keywords -> keywords.containsKey("default"));
    }
}
