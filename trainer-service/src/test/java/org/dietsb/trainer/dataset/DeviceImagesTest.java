package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceImagesTest {
    private static final int COUNT = 40;
    private static final int CHANNELS = 3;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 9;
    private static final float[] MEAN = {.2f, .5f, .7f};
    private static final float[] STD = {.1f, .3f, .2f};
    private static final int[] INDICES = {39, 0, 7, 7, 21};

    private final NDManager manager = TestDevice.newManager();
    private final ImageSet set = noise();
    private final DeviceImages images = new DeviceImages(manager, set, MEAN, STD);

    @AfterEach
    void free() {
        manager.close();
    }

    private static ImageSet noise() {
        Random random = new Random(5);
        byte[] pixels = new byte[COUNT * CHANNELS * HEIGHT * WIDTH];
        random.nextBytes(pixels);
        byte[] labels = new byte[COUNT];
        for (int i = 0; i < COUNT; i++) {
            labels[i] = (byte) (200 + i);
        }
        return new ImageSet(COUNT, CHANNELS, HEIGHT, WIDTH, pixels, labels);
    }

    /** The expected batch, pixel by pixel: black where the crop exceeds the image, then normalised. */
    private float[] expected(int[] indices, long seed, int epoch, boolean crop, boolean flip) {
        float[] expected = new float[indices.length * CHANNELS * HEIGHT * WIDTH];
        int at = 0;
        for (int index : indices) {
            AugmentationDraw draw = AugmentationDraw.of(seed, epoch, index, 4);
            for (int channel = 0; channel < CHANNELS; channel++) {
                for (int row = 0; row < HEIGHT; row++) {
                    for (int column = 0; column < WIDTH; column++) {
                        int y = row + (crop ? draw.down() - 4 : 0);
                        int shown = flip && draw.flipped() ? WIDTH - 1 - column : column;
                        int x = shown + (crop ? draw.right() - 4 : 0);
                        boolean black = y < 0 || y >= HEIGHT || x < 0 || x >= WIDTH;
                        int pixel = black ? 0 : set.image(index)[(channel * HEIGHT + y) * WIDTH + x] & 0xFF;
                        expected[at++] = (pixel / 255f - MEAN[channel]) / STD[channel];
                    }
                }
            }
        }
        return expected;
    }

    @Test
    void gathersNormalisedExamplesInRequestedOrder() {
        NDArray batch = images.gather(manager, INDICES);

        assertThat(batch.getShape()).isEqualTo(new Shape(5, CHANNELS, HEIGHT, WIDTH));
        assertThat(batch.toFloatArray()).containsExactly(expected(INDICES, 0, 0, false, false), within(1e-4f));
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void augmentsAsThePlainReferenceDoes(boolean crop, boolean flip) {
        int[] all = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            all[i] = COUNT - 1 - i;
        }

        NDArray batch = images.gatherAugmented(manager, all, 11, 3, crop, flip);

        assertThat(batch.toFloatArray()).containsExactly(expected(all, 11, 3, crop, flip), within(1e-4f));
    }

    @Test
    void oversizedSetGivesTheSamePixels() {
        int bytes = COUNT * CHANNELS * (HEIGHT + 8) * (WIDTH + 8);
        try (DeviceImages fits = new DeviceImages(manager, set, MEAN, STD, bytes);
                DeviceImages streamed = new DeviceImages(manager, set, MEAN, STD, bytes - 1)) {
            assertThat(streamed.gatherAugmented(manager, INDICES, 7, 3, true, true)
                            .toFloatArray())
                    .containsExactly(images.gatherAugmented(manager, INDICES, 7, 3, true, true)
                            .toFloatArray());
            assertThat(streamed.gather(manager, INDICES).toFloatArray())
                    .containsExactly(fits.gather(manager, INDICES).toFloatArray());
            assertThat(streamed.isResident()).isFalse();
            assertThat(fits.isResident()).isTrue();
        }
    }

    @Test
    void augmentationIsFixedWithinAnEpoch() {
        float[] together = images.gatherAugmented(manager, new int[] {4, 9}, 1, 2, true, true)
                .toFloatArray();
        float[] alone =
                images.gatherAugmented(manager, new int[] {9}, 1, 2, true, true).toFloatArray();

        int size = alone.length;
        float[] second = new float[size];
        System.arraycopy(together, size, second, 0, size);
        assertThat(second).containsExactly(alone);
    }

    @Test
    void augmentationDependsOnEpochAndSeed() {
        Set<AugmentationDraw> draws = new HashSet<>();
        for (int epoch = 1; epoch <= 40; epoch++) {
            draws.add(AugmentationDraw.of(1, epoch, 9, 4));
        }

        assertThat(draws).hasSizeGreaterThan(25);
        assertThat(AugmentationDraw.of(1, 1, 9, 4)).isNotEqualTo(AugmentationDraw.of(2, 1, 9, 4));
    }

    @Test
    void offsetsAndDirectionsAreUniform() {
        int[] down = new int[9];
        int[] right = new int[9];
        int flipped = 0;
        int draws = 90_000;
        for (int index = 0; index < draws; index++) {
            AugmentationDraw draw = AugmentationDraw.of(1, 1, index, 4);
            down[draw.down()]++;
            right[draw.right()]++;
            flipped += draw.flipped() ? 1 : 0;
        }

        // Five standard deviations of a binomial count.
        int expected = draws / 9;
        int tolerance = (int) (5 * Math.sqrt(draws * (1 / 9.0) * (8 / 9.0)));
        for (int offset = 0; offset < 9; offset++) {
            assertThat(down[offset]).isBetween(expected - tolerance, expected + tolerance);
            assertThat(right[offset]).isBetween(expected - tolerance, expected + tolerance);
        }
        assertThat(flipped).isCloseTo(draws / 2, within((int) (5 * Math.sqrt(draws * .25))));
    }

    @Test
    void labelsAreUnsignedAndInRequestedOrder() {
        assertThat(images.labels(manager, INDICES).toLongArray()).containsExactly(239, 200, 207, 207, 221);
    }

    @Test
    void countsGatheredExamplesAndFreesArrays() {
        int before = TestDevice.liveArrays(manager);
        try (NDManager batch = manager.newSubManager()) {
            NDArray pixels = images.gatherAugmented(batch, INDICES, 1, 1, true, true);
            NDArray labels = images.labels(batch, INDICES);

            assertThat(images.gathered()).isEqualTo(5);
            assertThat(TestDevice.liveArrays(manager)).isEqualTo(before + 2);
            assertThat(pixels.getManager()).isSameAs(batch);
            assertThat(labels.getManager()).isSameAs(batch);
        }
        assertThat(TestDevice.liveArrays(manager)).isEqualTo(before);
    }

    @Test
    void scalesDownWithATriangleFilter() {
        // Given
        NDArray whole = images.gather(manager, INDICES);
        float[] pixels = whole.toFloatArray();

        // When
        NDArray half = DeviceImages.scaled(whole, .5);

        // Then: 6 x 9 pixels become 3 x 5.
        assertThat(half.getShape().getShape()).containsExactly(INDICES.length, CHANNELS, 3, 5);
        float[] scaled = half.toFloatArray();
        for (int i = 0; i < scaled.length; i++) {
            double[] rows = triangle(i / 5 % 3, 3, HEIGHT);
            double[] columns = triangle(i % 5, 5, WIDTH);
            double expected = 0;
            for (int row = 0; row < HEIGHT; row++) {
                for (int column = 0; column < WIDTH; column++) {
                    expected += rows[row] * columns[column] * pixels[(i / 15 * HEIGHT + row) * WIDTH + column];
                }
            }
            assertThat((double) scaled[i]).isCloseTo(expected, within(1e-4));
        }
    }

    /** Weights of the pixels of a line for one of fewer: falling linearly to 0 at one new pixel's width from its middle. */
    private static double[] triangle(int place, int few, int many) {
        double width = (double) many / few;
        double middle = (place + .5) * width;
        double[] weights = new double[many];
        double sum = 0;
        for (int i = 0; i < many; i++) {
            weights[i] = Math.max(0, 1 - Math.abs(i + .5 - middle) / width);
            sum += weights[i];
        }
        for (int i = 0; i < many; i++) {
            weights[i] /= sum;
        }
        return weights;
    }
}
