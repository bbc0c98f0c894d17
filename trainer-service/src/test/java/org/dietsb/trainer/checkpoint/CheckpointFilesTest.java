package org.dietsb.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.wire.Checkpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFilesTest {
    private final Network network =
            Network.create(TestDevice.fresh("resnet8", 1, 10, 1, .9, 0), TestDevice.CPU, TestDevice.FLOAT32);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void close() {
        network.close();
    }

    private static Checkpoint at(int epoch, int batch) {
        return Checkpoint.newBuilder().setEpoch(epoch).setBatch(batch).build();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private CheckpointFiles with(int kept, Checkpoint... written) throws IOException {
        CheckpointFiles files = new CheckpointFiles(folder, kept);
        for (Checkpoint checkpoint : written) {
            files.write("run", 5, checkpoint, network);
        }
        return files;
    }

    @Test
    void onlyTheLastCheckpointsAreKept() throws IOException {
        CheckpointFiles files = with(2, at(1, 8), at(2, 8), at(10, 3), at(10, 20));
        assertThat(files()).hasSize(2);
        CheckpointFiles.Saved newest = files.newest("run").orElseThrow();
        assertThat(newest.checkpoint()).isEqualTo(at(10, 20));
        assertThat(newest.content().tensors()).containsKeys("conv1.weight", "bn1.running_var", "velocity.conv1.weight");
    }

    @Test
    void laterAttemptIsNewerThanAnyEarlierOne() throws IOException {
        CheckpointFiles files = with(2, at(9, 1));
        files.write("run", 40, at(3, 1), network);
        assertThat(files.newest("run").orElseThrow().checkpoint()).isEqualTo(at(3, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"altered", "cut", "empty"})
    void aDamagedOneIsNoticedAndTheOneBeforeUsed(String damage) throws IOException {
        CheckpointFiles files = with(2, at(1, 8), at(2, 8));
        Path last = files.newest("run").orElseThrow().file();
        byte[] bytes = Files.readAllBytes(last);
        switch (damage) {
            case "altered" -> bytes[bytes.length / 2] ^= 1;
            case "cut" -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
            default -> bytes = new byte[0];
        }
        Files.write(last, bytes);
        assertThat(files.newest("run").orElseThrow().checkpoint()).isEqualTo(at(1, 8));
    }

    @Test
    void partialFileIsIgnored() throws IOException {
        CheckpointFiles files = with(2);
        Files.write(Files.createDirectories(folder.resolve("run/5")).resolve("partial"), new byte[1000]);
        assertThat(files.newest("run")).isEmpty();
        files.write("run", 5, at(1, 1), network);
        assertThat(files.newest("run").orElseThrow().checkpoint()).isEqualTo(at(1, 1));
        assertThat(files()).hasSize(1);
    }

    @Test
    void failedWriteLeavesNothingBehind() throws IOException {
        // Given: its name is taken, by a folder that is not empty.
        CheckpointFiles files = with(2, at(1, 8));
        String name = files().get(0).getFileName().toString();
        Files.createDirectories(folder.resolve("other/6").resolve(name).resolve("taken"));
        // When
        assertThatThrownBy(() -> files.write("other", 6, at(1, 8), network)).isInstanceOf(IOException.class);
        // Then
        assertThat(folder.resolve("other/6").toFile().list()).containsExactly(name);
    }

    @Test
    void attemptDoesNotDeleteCheckpointsOfALaterOne() throws IOException {
        CheckpointFiles files = with(2, at(1, 8));
        files.write("run", 40, at(2, 8), network);
        files.delete("run", 5);
        assertThat(files.newest("run").orElseThrow().checkpoint()).isEqualTo(at(2, 8));
        assertThat(files()).hasSize(1);
        files.delete("run", 40);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void deletesCheckpointsOfOneRunOnly() throws IOException {
        CheckpointFiles files = with(2, at(1, 8));
        files.write("other", 6, at(1, 1), network);
        files.delete("run", 5);
        files.delete("nobody", 5);
        assertThat(files.newest("run")).isEmpty();
        assertThat(files.newest("other")).isPresent();
    }
}
