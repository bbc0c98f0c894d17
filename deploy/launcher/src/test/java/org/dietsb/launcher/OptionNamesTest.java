package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.ScoringField;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.launcher.text.OptionNames;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OptionNamesTest {
    /** The command sets these itself. */
    private static final Set<String> WITHOUT_OPTION = Set.of("id", "modelChecksum", "initChecksum", "waitForScores");

    @Test
    void everyFieldOfAnOrderHasAnOptionOfTrain() {
        Set<String> options = new HashSet<>();
        CommandLine train =
                Objects.requireNonNull(Dietsb.commandLine().getSubcommands().get("train"));
        train.getCommandSpec().options().forEach(option -> options.addAll(Arrays.asList(option.names())));
        assertThat(Stream.<Field[]>of(OrderField.values(), ScoringField.values(), PolicyField.values())
                        .flatMap(Arrays::stream)
                        .map(Field::label)
                        .filter(label -> !WITHOUT_OPTION.contains(label)))
                .isNotEmpty()
                .allSatisfy(label -> assertThat(options).contains(OptionNames.of(label)));
        assertThat(Arrays.stream(Parameter.values()).map(Parameter::label))
                .allSatisfy(
                        label -> assertThat(OptionNames.of("policy." + label)).isEqualTo("--set " + label));
    }

    @Test
    void aMessageNamesTheOptionInPlaceOfTheField() {
        assertThat(OptionNames.in("batchSize", "batchSize is 0, allowed is [1, 65536]"))
                .isEqualTo("--batch-size is 0, allowed is [1, 65536]");
        assertThat(OptionNames.in("policy.tau", "tau is 2, allowed is (0, 1]"))
                .isEqualTo("--set tau is 2, allowed is (0, 1]");
        assertThat(OptionNames.in("", "the body is empty")).isEqualTo("the body is empty");
    }
}
