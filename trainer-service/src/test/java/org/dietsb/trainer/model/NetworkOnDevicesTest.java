package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Random;
import org.dietsb.trainer.AnyDevice;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every device computes the same as the CPU, within its precision. */
@Tag("gpu")
class NetworkOnDevicesTest {
    private static final int BATCH = 64;
    /** Few CPUs compute bfloat16 in hardware. */
    private static final int BFLOAT16_BATCH = 16;

    /** Convolutions on a GPU may use TF32, with 10 significant bits; a loss of about 2 is the result of a few convolutions. */
    private static final float LOSS_TOLERANCE = .03f;

    private static final ImageSet NOISE = noise(512, 3, 32);

    private static ImageSet noise(int count, int channels, int size) {
        byte[] pixels = new byte[count * channels * size * size];
        new Random(1).nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 10);
        }
        return new ImageSet(count, channels, size, size, pixels, labels);
    }

    private static DeviceImages images(NDManager manager) {
        return images(manager, NOISE);
    }

    private static DeviceImages images(NDManager manager, ImageSet set) {
        return new DeviceImages(manager, set, new float[] {.5f, .4f, .5f}, new float[] {.25f, .3f, .25f});
    }

    private static int[] batch(int size) {
        int[] indices = new int[size];
        Arrays.setAll(indices, i -> i);
        return indices;
    }

    /** The results of a step and of the selection passes before and after it. */
    private record Outcome(float[] before, float[] trained, float[] after) {}

    private static Outcome step(Device device, Precision precision) {
        try (Network network = Network.create(
                        TestDevice.fresh("resnet8", 3, 10, 7, .9, 5e-4), device, Precisions.both(precision));
                DeviceImages images = images(network.manager());
                NDManager manager = network.manager().newSubManager()) {
            NDArray labels = images.labels(manager, batch(BATCH));
            float[] before = network.losses(images.gather(manager, batch(BATCH)), labels);
            StepLosses trained = network.forwardBackward(images.gather(manager, batch(BATCH)), labels, null);
            network.step(.05);
            float[] after = network.losses(images.gather(manager, batch(BATCH)), labels);
            return new Outcome(before, trained.fetch().losses(), after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void lossesOfTheFirstStepAreThoseOfTheCpu(AnyDevice where) {
        Device device = where.open();

        Outcome here = step(device, Precision.FLOAT32);

        Outcome onCpu = step(TestDevice.CPU, Precision.FLOAT32);
        assertThat(here.before()).containsExactly(onCpu.before(), within(LOSS_TOLERANCE));
        assertThat(here.trained()).containsExactly(onCpu.trained(), within(LOSS_TOLERANCE));
        assertThat(here.after()).containsExactly(onCpu.after(), within(2 * LOSS_TOLERANCE));
        assertThat(mean(here.after())).isNotCloseTo(mean(here.before()), within(.01));
    }

    @ParameterizedTest
    @EnumSource
    void inBfloat16LossesAreNear(AnyDevice where) {
        Device device = where.open();

        Outcome half = step(device, Precision.BFLOAT16);

        Outcome whole = step(TestDevice.CPU, Precision.FLOAT32);
        assertThat(half.before()).containsExactly(whole.before(), within(5 * LOSS_TOLERANCE));
        assertThat(half.trained()).containsExactly(whole.trained(), within(5 * LOSS_TOLERANCE));
        assertThat(mean(half.after())).isCloseTo(mean(whole.after()), within(.03));
        assertThat(half.trained()).isNotEqualTo(whole.trained());
    }

    @ParameterizedTest
    @EnumSource
    void inBfloat16ItLearnsABatchByHeartAndLeavesNothingBehind(AnyDevice where) {
        Device device = where.open();
        try (Network network = Network.create(
                        TestDevice.fresh("resnet8", 3, 10, 7, .9, 5e-4), device, Precisions.both(Precision.BFLOAT16));
                DeviceImages images = images(network.manager(), noise(BFLOAT16_BATCH, 3, 16))) {
            int arrays = 0;
            for (int step = 0; step < 30; step++) {
                try (NDManager manager = network.manager().newSubManager()) {
                    NDArray labels = images.labels(manager, batch(BFLOAT16_BATCH));
                    network.forwardBackward(images.gather(manager, batch(BFLOAT16_BATCH)), labels, null);
                    network.step(.05);
                }
                arrays = step == 0 ? TestDevice.liveArrays(network.manager()) : arrays;
            }
            assertThat(TestDevice.liveArrays(network.manager())).isEqualTo(arrays);
            try (NDManager manager = network.manager().newSubManager()) {
                float[] losses = network.losses(
                        images.gather(manager, batch(BFLOAT16_BATCH)), images.labels(manager, batch(BFLOAT16_BATCH)));
                assertThat(mean(losses)).isBetween(0., 1.);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSelectionPassHasAPrecisionOfItsOwn(AnyDevice where) {
        Device device = where.open();
        Precisions mixed = new Precisions(Precision.FLOAT32, Precision.BFLOAT16);
        Outcome whole = step(device, Precision.FLOAT32);
        try (Network network = Network.create(TestDevice.fresh("resnet8", 3, 10, 7, .9, 5e-4), device, mixed);
                DeviceImages images = images(network.manager());
                NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = images.gather(manager, batch(BATCH));
            NDArray labels = images.labels(manager, batch(BATCH));

            float[] selection = network.losses(pixels, labels);
            float[] trained =
                    network.forwardBackward(pixels, labels, null).fetch().losses();

            assertThat(selection)
                    .containsExactly(whole.before(), within(5 * LOSS_TOLERANCE))
                    .isNotEqualTo(whole.before());
            assertThat(trained).containsExactly(whole.trained(), within(LOSS_TOLERANCE));
        }
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    @ParameterizedTest
    @EnumSource
    void gathersThePixelsOfTheCpu(AnyDevice where) {
        Device device = where.open();

        assertThat(augmented(device)).containsExactly(augmented(TestDevice.CPU), within(1e-6f));
    }

    private static float[] augmented(Device device) {
        try (NDManager manager = NDManager.newBaseManager(device);
                DeviceImages images = images(manager)) {
            return images.gatherAugmented(manager, new int[] {3, 500, 3, 77}, 5, 2, true, true)
                    .toFloatArray();
        }
    }

    @Test
    void stepsAreQueuedWithoutWaiting() {
        Device gpu = AnyDevice.GPU.open();
        try (Network network =
                        Network.create(TestDevice.fresh("resnet18", 3, 10, 7, .9, 5e-4), gpu, TestDevice.FLOAT32);
                DeviceImages images = images(network.manager())) {
            long queueing = 0;
            long whole = 0;
            // The first steps load kernels and allocate memory.
            for (int step = 0; step < 6; step++) {
                try (NDManager manager = network.manager().newSubManager()) {
                    NDArray pixels = images.gather(manager, batch(NOISE.count()));
                    NDArray labels = images.labels(manager, batch(NOISE.count()));
                    network.awaitDevice();
                    long started = System.nanoTime();
                    network.forwardBackward(pixels, labels, null);
                    network.step(.01);
                    queueing = System.nanoTime() - started;
                    network.awaitDevice();
                    whole = System.nanoTime() - started;
                }
            }
            // A single copy between host and device within a step would make both the same.
            assertThat((double) queueing / whole).isLessThan(.7);
        }
    }
}
