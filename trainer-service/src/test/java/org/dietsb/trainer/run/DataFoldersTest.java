package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.train.TrainingOrder;
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
    void acceptsConfiguredFoldersAndSubfolders(String folder) {
        assertThat(folders.checked(root.resolve(folder).toString())).isEqualTo(root.resolve(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "closed", "opened", "open/../closed", "open/inner/..", "open/out", "home", "open/\0"})
    void rejectsOtherFolders(String folder) {
        assertThatThrownBy(() -> folders.checked(root + "/" + folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "dataDir is .*, allowed is a folder of this trainer's dietsb.trainer.data-dirs, by its"
                                + " absolute path without \\.\\.");
    }

    @Test
    void rejectsRelativeAndOverlongPaths() {
        for (String folder : new String[] {"open", "", "..", root.resolve("open") + "/" + "x".repeat(5_000)}) {
            assertThatThrownBy(() -> folders.checked(folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("dataDir is ");
        }
    }

    @Test
    void acceptsFilesInConfiguredFoldersAndModels() throws IOException {
        for (String name : new String[] {"open/inner/net.pt", "home/models/run/model.safetensors", "home/datasets/w"}) {
            Path file = root.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, "abc");
            // The SHA-256 of abc by FIPS 180-2.
            TrainingOrder.GivenFile given = new TrainingOrder.GivenFile(
                    file.toString(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            assertThat(folders.given("init", file.toString())).isEqualTo(given);
            assertThat(folders.unchanged("init", given)).isEqualTo(file);
            Files.writeString(file, "abd");
            assertThatThrownBy(() -> folders.unchanged("init", given))
                    .hasMessageMatching(
                            "init is " + file + ", whose SHA-256 is now [0-9a-f]{64}; ordered was " + given.checksum());
        }
    }

    @Test
    void rejectsFilesElsewhereAndMissingFiles() throws IOException {
        Files.writeString(root.resolve("closed/net.pt"), "");
        for (String name :
                new String[] {"closed/net.pt", "open/out/net.pt", "open/../closed/net.pt", "home/checkpoints/x"}) {
            assertThatThrownBy(() -> folders.given("modelFile", root + "/" + name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("modelFile is " + root + "/" + name + ", allowed is a file of this trainer's"
                            + " dietsb.trainer.data-dirs, or of its models, by its absolute path without ..");
        }
        for (String name : new String[] {"open", "open/none.pt"}) {
            assertThatThrownBy(() -> folders.given("modelFile", root + "/" + name))
                    .hasMessage("modelFile is " + root + "/" + name + ", which is not an existing file");
        }
    }
}
