package org.dietsb.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import io.smallrye.config.validator.BeanValidationConfigValidator;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.model.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {
    private static final ValidatorFactory VALIDATORS = Validation.buildDefaultValidatorFactory();

    @Test
    void settingsHaveTheirDefaults() {
        TrainerConfig config = config(Map.of("user.home", "/home/someone"));
        assertThat(config.home()).isEqualTo(Path.of("/home/someone/.dietsb"));
        assertThat(config.dataDirs()).containsExactly(Path.of("/usr/share/datasets"));
        assertThat(config.device()).isEqualTo("auto");
        assertThat(config.precision()).isEqualTo(Precision.FLOAT32);
        assertThat(config.selectionPrecision()).isEqualTo(Precision.FLOAT32);
        assertThat(config.threads()).isZero();
        assertThat(config.measureStages()).isFalse();
        assertThat(config.checkpointDir()).isEqualTo(Path.of("/home/someone/.dietsb/checkpoints"));
        assertThat(config.checkpoints()).isEqualTo(2);
        assertThat(config.stopWithin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.orderLock()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.attempts()).isEqualTo(3);
        assertThat(config.mostRuns()).isEqualTo(1000);
        assertThat(config.mostFinished()).isEqualTo(10_000);
        assertThat(config.finishedFor()).isEqualTo(Duration.ofDays(90));
        assertThat(config.resumableFor()).isEqualTo(Duration.ofDays(7));
        assertThat(config.mostResumable()).isEqualTo(10);
        assertThat(config.mostDeaths()).isEqualTo(3);
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.cancelWithin()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.lostAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void mapsEverySetting() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "dietsb.trainer.checkpoint-dir", "/shared",
                "dietsb.trainer.checkpoints", "3",
                "dietsb.trainer.most-runs", "7",
                "dietsb.trainer.most-finished", "70",
                "dietsb.trainer.finished-for", "P8D",
                "dietsb.trainer.stop-within", "PT1M",
                "dietsb.trainer.order-lock", "PT30S"));
        settings.putAll(Map.of(
                "dietsb.trainer.resumable-for", "PT12H",
                "dietsb.trainer.most-resumable", "0",
                "dietsb.trainer.most-deaths", "9",
                "dietsb.trainer.stuck-after", "PT2H",
                "dietsb.trainer.cancel-within", "PT1M",
                "dietsb.trainer.lost-after", "PT3M",
                "dietsb.trainer.heartbeat", "PT1M"));
        settings.putAll(Map.of(
                "dietsb.trainer.home", "/data",
                "dietsb.trainer.data-dirs", "/images,/more",
                "dietsb.trainer.device", "gpu:1",
                "dietsb.trainer.precision", "bfloat16",
                "dietsb.trainer.selection-precision", "bfloat16",
                "dietsb.trainer.threads", "8",
                "dietsb.trainer.measure-stages", "true",
                "dietsb.trainer.attempts", "5"));
        TrainerConfig config = config(settings);
        assertThat(config.checkpointDir()).isEqualTo(Path.of("/shared"));
        assertThat(config.checkpoints()).isEqualTo(3);
        assertThat(config.stopWithin()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.orderLock()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.home()).isEqualTo(Path.of("/data"));
        assertThat(config.dataDirs()).containsExactly(Path.of("/images"), Path.of("/more"));
        assertThat(config.device()).isEqualTo("gpu:1");
        assertThat(config.precision()).isEqualTo(Precision.BFLOAT16);
        assertThat(config.selectionPrecision()).isEqualTo(Precision.BFLOAT16);
        assertThat(config.threads()).isEqualTo(8);
        assertThat(config.measureStages()).isTrue();
        assertThat(config.attempts()).isEqualTo(5);
        assertThat(config.mostRuns()).isEqualTo(7);
        assertThat(config.mostFinished()).isEqualTo(70);
        assertThat(config.finishedFor()).isEqualTo(Duration.ofDays(8));
        assertThat(config.resumableFor()).isEqualTo(Duration.ofHours(12));
        assertThat(config.mostResumable()).isZero();
        assertThat(config.mostDeaths()).isEqualTo(9);
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofHours(2));
        assertThat(config.cancelWithin()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.lostAfter()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.heartbeat()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void homeDefaultsToThatOfTheSystem() {
        assertThat(config(Map.of("user.home", "/home/someone", "DIETSB_HOME", "/data"))
                        .home())
                .isEqualTo(Path.of("/data"));
    }

    @Test
    void wrongDeviceErrorNamesTheSetting() {
        for (String wrong : new String[] {"tpu", "gpu", "gpu:x", "GPU:0", "cpu:1"}) {
            assertThatThrownBy(() -> TrainerDevice.of(wrong, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("dietsb.trainer.device is " + wrong + ", allowed is auto, cpu or gpu:N");
        }
        assertThatThrownBy(() -> TrainerDevice.of("cpu", -1))
                .hasMessage("dietsb.trainer.threads is -1, allowed is 0 (one per processor) or more");
    }

    @Test
    void wrongPrecisionErrorNamesTheSetting() {
        assertThatThrownBy(() -> config(Map.of("dietsb.trainer.precision", "half")))
                .hasMessageContaining("dietsb.trainer.precision")
                .hasMessageContaining("float32")
                .hasMessageContaining("bfloat16");
    }

    @ParameterizedTest
    @CsvSource({
        "attempts, 0, 1 or more",
        "most-runs, 0, 1 or more",
        "most-finished, 0, 1 or more",
        "finished-for, PT168H, P8D or more",
        "checkpoints, 0, 1 or more",
        "images-on-device, -1, '[0, 2147483647]'",
        "decoded-pictures, -1, 0 (half of the memory) or more",
        "threads, -1, 0 (one per processor) or more",
        "device, tpu, 'auto, cpu or gpu:N'",
        "stop-within, PT-1S, PT0S or more",
        "order-lock, PT0.5S, PT1S or more",
        "resumable-for, PT-1S, PT0S or more",
        "most-resumable, -1, 0 or more",
        "most-deaths, 0, 1 or more",
        "stuck-after, PT0.5S, PT1S or more",
        "cancel-within, PT0.5S, PT1S or more",
        "lost-after, PT0.5S, PT1S or more",
        "heartbeat, PT0S, PT0.01S or more"
    })
    void startUpErrorNamesSettingAndRange(String setting, String value, String allowed) {
        String name = "dietsb.trainer." + setting;
        assertThatThrownBy(() -> config(Map.of(name, value)))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageContaining(name + " is " + value + ", allowed is " + allowed);
    }

    @Test
    void readmeTableListsEverySettingWithItsDefault() throws IOException {
        Matcher rows = Pattern.compile("\\| `dietsb\\.trainer\\.([a-z-]+)` \\| `([^`]+)` \\|")
                .matcher(Files.readString(Path.of("README.md")));
        Map<String, String> table = new TreeMap<>();
        while (rows.find()) {
            table.put(rows.group(1), rows.group(2));
        }
        Map<String, String> settings = Arrays.stream(TrainerConfig.class.getDeclaredMethods())
                .collect(Collectors.toMap(TrainerConfigTest::name, setting -> setting.getAnnotation(WithDefault.class)
                        .value()));
        assertThat(table).isEqualTo(settings);
    }

    private static String name(Method setting) {
        return setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static TrainerConfig config(Map<String, String> settings) {
        Map<String, String> values = new HashMap<>(Map.of("user.home", "/home/someone"));
        values.putAll(settings);
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(TrainerConfig.class)
                .withValidator((BeanValidationConfigValidator) VALIDATORS::getValidator)
                .withDefaultValues(values)
                .build()
                .getConfigMapping(TrainerConfig.class);
    }
}
