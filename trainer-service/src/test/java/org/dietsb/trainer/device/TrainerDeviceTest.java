package org.dietsb.trainer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerDeviceTest {
    private static final Libtorch FOR_CPU = new Libtorch("2.7.1", Path.of("lib"), Set.of("MKL"), false);
    private static final Libtorch WITHOUT_GPU = new Libtorch("2.7.1", Path.of("lib"), Set.of("MKL"), true);
    private static final Libtorch WITH_GPU = new Libtorch("2.7.1", Path.of("lib"), Set.of("CUDA"), true);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path driver;

    /** Of a machine with one GPU. */
    private static Optional<String> fault(Device gpu) {
        return gpu.getDeviceId() == 0 ? Optional.empty() : Optional.of("invalid device ordinal");
    }

    private static TrainerDevice choose(String setting, Libtorch libtorch) {
        return TrainerDevice.choose(setting, libtorch, TrainerDeviceTest::fault);
    }

    @Test
    void autoUsesTheFirstGpuIfItWorks() {
        assertThat(choose("auto", WITH_GPU).name()).isEqualTo("gpu:0");
        assertThat(choose("auto", WITH_GPU).why()).isEqualTo("libtorch 2.7.1 finds a GPU");
    }

    @Test
    void autoFallsBackToTheCpuWithAReason() {
        assertThat(choose("auto", FOR_CPU)).satisfies(found -> {
            assertThat(found.name()).isEqualTo("cpu");
            assertThat(found.why()).isEqualTo("libtorch 2.7.1 is for the CPU only");
        });
        assertThat(choose("auto", WITHOUT_GPU).why()).isEqualTo("libtorch 2.7.1 is for CUDA, but finds no GPU");
        TrainerDevice broken = TrainerDevice.choose("auto", WITH_GPU, gpu -> Optional.of("gpu:0 fails: out of memory"));
        assertThat(broken.name()).isEqualTo("cpu");
        assertThat(broken.why()).isEqualTo("gpu:0 fails: out of memory");
    }

    @Test
    void configuredDeviceIsUsedOrRejected() {
        assertThat(choose("cpu", WITH_GPU).name()).isEqualTo("cpu");
        assertThat(choose("gpu:0", WITH_GPU).name()).isEqualTo("gpu:0");
        assertThatThrownBy(() -> choose("gpu:1", WITH_GPU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dietsb.trainer.device is gpu:1, allowed is auto, cpu or a GPU that works: "
                        + "invalid device ordinal");
        assertThatThrownBy(() -> choose("gpu:0", FOR_CPU))
                .hasMessage("dietsb.trainer.device is gpu:0, allowed is auto, cpu or a GPU that works: "
                        + "libtorch 2.7.1 is for the CPU only");
        assertThatThrownBy(() -> choose("gpu:0", WITHOUT_GPU))
                .hasMessageEndingWith("libtorch 2.7.1 is for CUDA, but finds no GPU");
    }

    @Test
    void gpuIsDescribedByItsDriver() throws IOException {
        for (String bus : new String[] {"0000:0a:00.0", "0000:0b:00.0"}) {
            Path gpu = Files.createDirectory(driver.resolve(bus));
            Files.writeString(
                    gpu.resolve("information"),
                    "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 16\nGPU UUID: \t GPU-1\n");
        }

        assertThat(TrainerDevice.models(driver)).containsExactly("NVIDIA H100 80GB HBM3");
        assertThat(TrainerDevice.models(driver.resolve("nowhere"))).isEmpty();
    }

    @Test
    void cpuIsDescribedByItsName() {
        assertThat(choose("cpu", FOR_CPU).description()).isEqualTo("cpu");
    }
}
