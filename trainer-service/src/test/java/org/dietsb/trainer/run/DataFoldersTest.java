package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFoldersTest {
    @TempDir
    Path root = Path.of("");

    private DataFolders folders;

    @BeforeEach
    void allow() throws IOException {
        Files.createDirectories(root.resolve("open/inner"));
        Files.createDirectories(root.resolve("closed"));
        Files.createSymbolicLink(root.resolve("open/out"), root.resolve("closed"));
        Files.createSymbolicLink(root.resolve("way-in"), root.resolve("open/inner"));
        folders = new DataFolders(new SmallRyeConfigBuilder()
                .withMapping(TrainerConfig.class)
                .withDefaultValues(Map.of(
                        "dietsb.trainer.home", root.resolve("home").toString(),
                        "dietsb.trainer.data-dirs", root.resolve("open").toString()))
                .build()
                .getConfigMapping(TrainerConfig.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "open/inner", "open/not-there-yet", "home/datasets/cifar10", "way-in"})
    void letsInWhatIsBeneathOne(String folder) {
        assertThat(folders.checked(root.resolve(folder).toString())).isEqualTo(root.resolve(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "closed", "opened", "open/../closed", "open/inner/..", "open/out", "home", "open/\0"})
    void refusesWhatIsNot(String folder) {
        assertThatThrownBy(() -> folders.checked(root + "/" + folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "dataDir is .*, allowed is a folder of this trainer's dietsb.trainer.data-dirs, by its"
                                + " absolute path without \\.\\.");
    }

    @Test
    void refusesWhatIsRelativeOrTooLong() {
        for (String folder : new String[] {"open", "", "..", root.resolve("open") + "/" + "x".repeat(5_000)}) {
            assertThatThrownBy(() -> folders.checked(folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("dataDir is ");
        }
    }
}
