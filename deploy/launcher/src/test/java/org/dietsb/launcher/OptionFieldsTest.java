package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.launcher.option.PolicyOptions;
import org.dietsb.launcher.option.RunOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.text.OfOrder;
import org.dietsb.launcher.text.OfPolicy;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Options of orders and policies are those of the contracts: their defaults, ranges and texts. */
class OptionFieldsTest {
    /** The command names a run by itself, a file's checksum is computed, and a file replaces the model. */
    private static final Set<OrderField> WITHOUT_OPTION = Set.of(
            OrderField.ID,
            OrderField.MODEL_FILE,
            OrderField.MODEL_CHECKSUM,
            OrderField.INIT_CHECKSUM,
            OrderField.WAIT_FOR_SCORES);

    private static final class Options {
        @Mixin
        private final TrainingOptions training = new TrainingOptions();

        @Mixin
        private final RunOptions run = new RunOptions();

        @Mixin
        private final PolicyOptions policy = new PolicyOptions();
    }

    @Test
    void everyFieldHasAnOption() {
        List<Object> fields = new ArrayList<>();
        for (Class<?> options : List.of(TrainingOptions.class, RunOptions.class, PolicyOptions.class)) {
            for (Field field : options.getDeclaredFields()) {
                OfOrder ofOrder = field.getAnnotation(OfOrder.class);
                OfPolicy ofPolicy = field.getAnnotation(OfPolicy.class);
                if (ofOrder != null) {
                    fields.add(ofOrder.value());
                }
                if (ofPolicy != null) {
                    fields.add(ofPolicy.value());
                }
            }
        }
        List<Object> expected = new ArrayList<>(List.of(OrderField.values()));
        expected.removeAll(WITHOUT_OPTION);
        expected.addAll(List.of(PolicyField.values()));
        // These two have texts of their own.
        expected.removeAll(List.of(PolicyField.SCORE_SET, PolicyField.OF));
        assertThat(fields).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void listsReplaceTheirDefaults() {
        Options options = new Options();
        new CommandLine(options, CommandLine.defaultFactory())
                .registerConverter(
                        org.dietsb.launcher.option.ModelChoice.class, org.dietsb.launcher.option.ModelChoice::parse)
                .registerConverter(org.dietsb.launcher.option.Budget.class, org.dietsb.launcher.option.Budget::parse)
                .registerConverter(org.dietsb.launcher.option.Losses.class, org.dietsb.launcher.option.Losses::parse)
                .parseArgs("--seed", "2,3", "--learning-rate", "0.05", "--model", "resnet20");
        assertThat(options.training.seeds).containsExactly(2L, 3L);
        assertThat(options.training.toJson().path("learningRate").asDouble()).isEqualTo(.05);
        assertThat(options.training.variants()).hasSize(2);
    }

    @Test
    void helpSaysMeaningRangeAndDefaultOfAField() {
        StringWriter help = new StringWriter();
        CommandLine command = Dietsb.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(400);
        Objects.requireNonNull(command.getSubcommands().get("train")).usage(new PrintWriter(help));
        assertThat(help.toString())
                .containsPattern(
                        "--batch-size=N +examples of a batch, of which the policy selects some; \\[1, 65536\\]; default 128")
                .contains("default 0.5, for diet-selective and diet-random 2/3")
                .contains("as 1/2, 50 % or .5")
                .containsPattern("--stop-at-accuracy=SHARE\\s+[^\\n]*default never")
                .doesNotContain("%%");
    }

    @Test
    void refusesWhatTheFieldDoesNotAllow() {
        for (String[] wrong : new String[][] {
            {"--batch-size", "0", "--batch-size is 0, allowed is [1, 65536]"},
            {"--checkpoint-every", "-1", "--checkpoint-every is -1, allowed is 0 (at an epoch's end alone) or more"},
            {"--stop-at-accuracy", "101 %", "--stop-at-accuracy is 1.01, allowed is (0, 1]"},
            {"--keep", "0 %", "--keep is 0, allowed is (0, 1]"}
        }) {
            StringWriter says = new StringWriter();
            int code = Dietsb.commandLine()
                    .setErr(new PrintWriter(says))
                    .execute("train", "--policy", "random", wrong[0], wrong[1]);
            assertThat(code).isEqualTo(2);
            assertThat(says.toString()).contains(wrong[2]);
        }
    }
}
