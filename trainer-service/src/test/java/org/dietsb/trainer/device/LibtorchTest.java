package org.dietsb.trainer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchTest {
    private static final String PACKAGED = "native/lib/pytorch.properties";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static void require(Map<String, String> variables, Set<String> packaged) {
        Libtorch.require(variables::get, packaged::contains);
    }

    @Test
    void packagedLibraryNeedsNoSettings() {
        assertThatCode(() -> require(Map.of(), Set.of(PACKAGED))).doesNotThrowAnyException();
    }

    @Test
    void missingLibraryErrorNamesTheVariablesToSet() {
        assertThatThrownBy(() -> require(Map.of(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "this trainer was built without libtorch: set PYTORCH_LIBRARY_PATH to a folder with libtorch.so, "
                                + "and PYTORCH_FLAVOR to cpu, or to cu and its version of CUDA");
    }

    @Test
    void folderWithoutLibraryIsRejected() {
        assertThatThrownBy(() -> require(Map.of("PYTORCH_LIBRARY_PATH", folder + ":/nowhere"), Set.of(PACKAGED)))
                .hasMessage("PYTORCH_LIBRARY_PATH is " + folder + ":/nowhere, allowed is a folder with libtorch.so");
    }

    @Test
    void flavourIsRequiredToFindTheBinding() throws IOException {
        Files.createFile(folder.resolve("libtorch.so"));
        String path = folder.toString();
        Set<String> packaged = Set.of("jnilib/linux-x86_64/cpu/libdjl_torch.so");

        assertThatThrownBy(() -> require(Map.of("PYTORCH_LIBRARY_PATH", path), packaged))
                .hasMessageStartingWith("PYTORCH_FLAVOR is not set, allowed is cpu, or a version of CUDA")
                .hasMessageContaining(path);
        assertThatThrownBy(() -> require(Map.of("PYTORCH_LIBRARY_PATH", path, "PYTORCH_FLAVOR", "cu99"), packaged))
                .hasMessageStartingWith("PYTORCH_FLAVOR is cu99, allowed is");
        assertThatCode(() -> require(Map.of("PYTORCH_LIBRARY_PATH", path, "PYTORCH_FLAVOR", "cpu"), packaged))
                .doesNotThrowAnyException();
        assertThatCode(() -> require(
                        Map.of("PYTORCH_LIBRARY_PATH", folder.resolve("libtorch.so") + "", "PYTORCH_FLAVOR", "cpu"),
                        packaged))
                .doesNotThrowAnyException();

        Files.createFile(folder.resolve("libdjl_torch.so"));
        assertThatCode(() -> require(Map.of("PYTORCH_LIBRARY_PATH", path), packaged))
                .doesNotThrowAnyException();
    }

    @Test
    void reportsTheLoadedLibrary() {
        TestDevice.newManager().close();

        Libtorch loaded = Libtorch.load();

        assertThat(loaded.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(loaded.folder().resolve("libtorch.so")).exists();
        assertThat(loaded.features()).contains("OPENMP");
        assertThat(loaded.hasGpu()).isEqualTo(TestDevice.gpu().isPresent());
    }

    @Test
    void reportsWhyThereIsNoGpu() {
        Set<String> cuda = Set.of("CUDA");
        assertThat(new Libtorch("2.7.1", folder, Set.of(), false).aboutGpu())
                .isEqualTo("libtorch 2.7.1 is for the CPU only");
        assertThat(new Libtorch("2.7.1", folder, Set.of(), true).aboutGpu())
                .isEqualTo("libtorch 2.7.1 is for CUDA, but finds no GPU");
        assertThat(new Libtorch("2.7.1", folder, cuda, true).aboutGpu()).isEqualTo("libtorch 2.7.1 finds a GPU");
    }
}
