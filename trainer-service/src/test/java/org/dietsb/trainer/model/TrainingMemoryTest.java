package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.dietsb.trainer.AnyDevice;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repeats selection passes, steps and evaluations many times: memory on the device must not grow. */
class TrainingMemoryTest {
    private static final int BATCH = 32;

    @ParameterizedTest
    @EnumSource
    @Tag("gpu")
    void threeHundredStepsLeaveArraysAndMemoryFlat(AnyDevice where) throws IOException {
        Device device = where.open();
        int before = 0;
        long residentBefore = 0;
        long onDeviceBefore = 0;
        try (Network network =
                        Network.create(TestDevice.fresh("resnet8", 1, 10, 1, .9, 5e-4), device, TestDevice.FLOAT32);
                DeviceImages images =
                        new DeviceImages(network.manager(), noise(), new float[] {.5f}, new float[] {.25f})) {
            for (int step = 0; step < 360; step++) {
                if (step == 60) {
                    before = TestDevice.liveArrays(network.manager());
                    residentBefore = TestDevice.residentKilobytes();
                    onDeviceBefore = TestDevice.gpuKilobytes(device);
                }
                selectAndStep(network, images, step);
            }
            assertThat(TestDevice.liveArrays(network.manager())).isEqualTo(before);
            // One leaked activation of the first stage per step, 800 kB, would take twice this.
            assertThat(TestDevice.residentKilobytes() - residentBefore).isLessThan(120_000);
            assertThat(TestDevice.gpuKilobytes(device) - onDeviceBefore).isLessThan(120_000);
        }
    }

    static void selectAndStep(Network network, DeviceImages images, int step) {
        int[] indices = new int[BATCH];
        Arrays.setAll(indices, i -> (step * BATCH + i) % images.count());
        try (NDManager manager = network.manager().newSubManager()) {
            network.losses(images.gatherAugmented(manager, indices, 1, 1, true, true), images.labels(manager, indices));
        }
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = images.gatherAugmented(manager, indices, 1, 1, true, true);
            network.forwardBackward(pixels, images.labels(manager, indices), null);
            network.step(.01);
        }
        if (step % 50 == 0) {
            network.evaluate(images, 100);
        }
    }

    static ImageSet noise() {
        byte[] pixels = new byte[256 * 20 * 20];
        new Random(1).nextBytes(pixels);
        byte[] labels = new byte[256];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % 10);
        }
        return new ImageSet(256, 1, 20, 20, pixels, labels);
    }
}
