package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.dietsb.trainer.loss.PassLosses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    private static final int BATCH = 16;

    private final List<Network> opened = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void free() {
        opened.forEach(Network::close);
    }

    private Network resnet8(long seed) {
        return open("resnet8", 1, 10, seed, .9, 5e-4);
    }

    private Network open(String model, int channels, int classes, long seed, double momentum, double decay) {
        Network network = Network.create(
                TestDevice.fresh(model, channels, classes, seed, momentum, decay), TestDevice.CPU, TestDevice.FLOAT32);
        opened.add(network);
        return network;
    }

    private static NDArray pixels(NDManager manager, long seed) {
        return pixels(manager, seed, BATCH, 16);
    }

    private static NDArray pixels(NDManager manager, long seed, int count, int side) {
        Random random = new Random(seed);
        float[] values = new float[count * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(count, 1, side, side));
    }

    private static NDArray labels(NDManager manager) {
        long[] labels = new long[BATCH];
        Arrays.setAll(labels, i -> i % 10);
        return manager.create(labels);
    }

    private static double step(Network network, float @Nullable [] weights) {
        try (NDManager manager = network.manager().newSubManager()) {
            double sum = 0;
            for (float loss : network.forwardBackward(pixels(manager, 3), labels(manager), weights)
                    .fetch()
                    .losses()) {
                sum += loss;
            }
            network.step(.05);
            return sum;
        }
    }

    private static float[] losses(Network network) {
        try (NDManager manager = network.manager().newSubManager()) {
            return network.losses(pixels(manager, 3), labels(manager));
        }
    }

    private static float[] ones() {
        float[] ones = new float[BATCH];
        Arrays.fill(ones, 1);
        return ones;
    }

    private float[] tensor(Network network, String name) throws IOException {
        Path file = folder.resolve("tensors");
        network.writeModel(file, Map.of());
        return Objects.requireNonNull(SafetensorsTest.read(file).get(name));
    }

    /**
     * Of resnet20, 32 and 56 He et al. 2016, table 6, have .27, .46 and .85 million; two shortcuts of 1x1 convolutions with
     * BatchNorm add 2,752. Of wide ones Zagoruyko and Komodakis 2016, table 4, have 2.7 (16-4) and 36.5 million (28-10) at 10
     * classes. Of googlenet: the columns of Szegedy et al. 2015, table 1, k k in out + 2 out for each convolution with BatchNorm.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet8,3,10,78042",
        "resnet8,1,10,77754",
        "resnet20,3,10,272474",
        "resnet20,3,100,278324",
        "resnet32,3,10,466906",
        "resnet56,3,10,855770",
        "resnet18,3,100,11220132",
        "wrn-16-4,3,10,2748890",
        "wrn-16-4,3,100,2772020",
        "wrn-28-10,3,100,36536884",
        "googlenet,3,10,6158346",
        "googlenet,3,100,6250596"
    })
    void hasTheParametersOfTheArchitecture(String model, int channels, int classes, long parameters) {
        assertThat(open(model, channels, classes, 1, .9, 0).parameterCount()).isEqualTo(parameters);
    }

    @Test
    void rejectsAnUnknownModel() {
        assertThatThrownBy(() -> open("vgg", 1, 10, 1, .9, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model is vgg, allowed is one of resnet8");
        assertThat(ModelCatalog.names())
                .containsExactlyInAnyOrder(
                        "resnet8",
                        "resnet18",
                        "resnet20",
                        "resnet32",
                        "resnet56",
                        "wrn-16-4",
                        "wrn-28-10",
                        "googlenet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet20", "wrn-16-4", "googlenet"})
    void takesImagesOfAnySize(String model) {
        Network network = open(model, 3, 100, 1, .9, 0);
        try (NDManager manager = network.manager().newSubManager()) {
            assertThat(network.logits(manager.zeros(new Shape(2, 3, 32, 32))).getShape())
                    .isEqualTo(new Shape(2, 100));
            assertThat(network.logits(manager.zeros(new Shape(2, 3, 16, 16))).getShape())
                    .isEqualTo(new Shape(2, 100));
        }
    }

    /** Images of 8 x 8, so that it is quick: wrn-28-10 is wrn-16-4 with other numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet32", "resnet56", "wrn-16-4", "googlenet"})
    void learnsAFewImagesAndThenPredictsThemByItsRunningStatistics(String model) {
        Network network = open(model, 1, 10, 1, .9, 0);
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray images = pixels(manager, 3, 4, 8);
            NDArray labels = labels(manager).get(manager, new NDIndex(":4"));
            double first = pass(network, images, labels);
            double last = first;
            for (int step = 0; step < 40 && last > first / 20; step++) {
                network.step(.01);
                last = pass(network, images, labels);
            }
            assertThat(last).isLessThan(first / 4);

            // Then weights stand still, and the running statistics come to what the batch has.
            for (int more = 0; more < 40 && !(greatest(network.losses(images, labels)) < .5); more++) {
                pass(network, images, labels);
            }
            for (float loss : network.losses(images, labels)) {
                assertThat(loss).as("of one of ten classes by chance: 2.3").isBetween(0f, 1f);
            }
        }
    }

    /** Runs forward and backward; returns the sum of the losses. */
    private static double pass(Network network, NDArray images, NDArray labels) {
        try (NDManager scratch = network.manager().newSubManager()) {
            NDArray batch = images.duplicate();
            batch.attach(scratch);
            double sum = 0;
            for (float loss :
                    network.forwardBackward(batch, labels, null).fetch().losses()) {
                sum += loss;
            }
            return sum;
        }
    }

    private static float greatest(float[] losses) {
        float greatest = 0;
        for (float loss : losses) {
            greatest = Math.max(greatest, loss);
        }
        return greatest;
    }

    @Test
    void equalSeedsGiveEqualBitsAndOthersDoNot() {
        Network one = resnet8(7);
        Network same = resnet8(7);
        Network other = resnet8(8);
        assertThat(one.checksum()).isEqualTo(same.checksum()).isNotEqualTo(other.checksum());

        for (int i = 0; i < 5; i++) {
            step(one, null);
            step(same, null);
        }

        assertThat(one.checksum()).isEqualTo(same.checksum());
        assertThat(losses(one)).containsExactly(losses(same));
    }

    @Test
    void classificationsAreThoseOfTheHighestLogit() {
        Network network = resnet8(1);
        for (int steps = 0; steps < 10; steps++) {
            step(network, null);
        }
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = pixels(manager, 3);
            NDArray labels = labels(manager);
            long[] truth = labels.toLongArray();
            long[] predicted = network.logits(pixels).argMax(1).toLongArray();
            PassLosses pass = network.selectionPass(pixels, labels);
            BitSet correct = BitSet.valueOf(pass.correct());
            assertThat(pass.correct()).hasSize((BATCH + 7) / 8);
            for (int i = 0; i < BATCH; i++) {
                assertThat(correct.get(i)).as("example %d", i).isEqualTo(predicted[i] == truth[i]);
            }
            assertThat(correct.cardinality()).as("some, not all").isBetween(1, BATCH - 1);
        }
    }

    @Test
    void returnsErrorNormsOfAStepWithoutChangingTraining() {
        Network asked = resnet8(1);
        Network unasked = resnet8(1);
        float[] norms;
        float[] losses;
        try (NDManager manager = asked.manager().newSubManager()) {
            StepLosses step = asked.forwardBackward(pixels(manager, 3), labels(manager), ones(), true);
            norms = step.errorNorms();
            PassLosses pass = step.fetch();
            assertThat(pass.correct()).hasSize((BATCH + 7) / 8);
            losses = pass.losses();
            asked.step(.05);
        }
        step(unasked, ones());

        assertThat(asked.checksum()).isEqualTo(unasked.checksum());
        for (int i = 0; i < BATCH; i++) {
            // The label's own error is 1 - p, and those of the others make up as much together: sqrt 2 of it if it is
            // one of them.
            double wrong = 1 - Math.exp(-losses[i]);
            assertThat((double) norms[i]).isBetween(wrong - 1e-6, Math.sqrt(2) * wrong + 1e-6);
        }
        assertThatThrownBy(() -> {
                    try (NDManager manager = asked.manager().newSubManager()) {
                        asked.forwardBackward(pixels(manager, 3), labels(manager), null)
                                .errorNorms();
                    }
                })
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void selectionAndEvaluationChangeNothing() {
        Network network = resnet8(1);
        step(network, null);
        String before = network.checksum();

        losses(network);
        try (NDManager manager = network.manager().newSubManager()) {
            network.errorNorms(pixels(manager, 4), labels(manager));
            network.logits(pixels(manager, 4));
        }

        assertThat(network.checksum()).isEqualTo(before);
    }

    @Test
    void buildsNoGraphIfGradientModeIsOn() throws InterruptedException, ExecutionException {
        Network network = resnet8(1);
        ExecutorService trainer = Executors.newSingleThreadExecutor();
        try {
            String graph = trainer.submit(() -> {
                        JniUtils.setGradMode(true);
                        try (NDManager manager = network.manager().newSubManager()) {
                            PtNDArray logits = (PtNDArray) network.logits(pixels(manager, 3));
                            return JniUtils.requiresGrad(logits) ? "a graph" : "no graph";
                        }
                    })
                    .get();
            assertThat(graph).isEqualTo("no graph");
        } finally {
            trainer.shutdown();
        }
    }

    @Test
    void lossDependsOnItsOwnExampleOnly() {
        Network network = resnet8(1);
        step(network, null);
        try (NDManager manager = network.manager().newSubManager()) {
            NDIndex first = new NDIndex(":8");
            float[] whole = network.losses(pixels(manager, 3), labels(manager));
            float[] half = network.losses(
                    pixels(manager, 3).get(manager, first), labels(manager).get(manager, first));

            assertThat(half).containsExactly(Arrays.copyOf(whole, 8), within(1e-5f));
        }
    }

    @Test
    void trainingMovesBatchNormStatisticsAsTorchDoes() throws IOException {
        Network network = open("resnet8", 1, 10, 1, .9, 0);
        float[] first = tensor(network, "conv1.weight");
        step(network, null);
        float[] after = tensor(network, "bn1.running_var");

        // One step moves them a tenth of the way: running_var = .9 x 1 + .1 x unbiased variance of the stem's output.
        double[] variance = stemVariance(first);
        for (int channel = 0; channel < 16; channel++) {
            assertThat((double) after[channel]).isCloseTo(.9 + .1 * variance[channel], within(1e-4));
        }
    }

    private static double[] stemVariance(float[] weights) {
        float[] images;
        try (NDManager manager = TestDevice.newManager()) {
            images = pixels(manager, 3).toFloatArray();
        }
        double[] variance = new double[16];
        int outputs = BATCH * 16 * 16;
        for (int channel = 0; channel < 16; channel++) {
            double sum = 0;
            double squares = 0;
            for (int place = 0; place < outputs; place++) {
                int row = place / 16 % 16;
                int column = place % 16;
                double value = 0;
                for (int i = 0; i < 9; i++) {
                    int y = row + i / 3 - 1;
                    int x = column + i % 3 - 1;
                    if (y >= 0 && y < 16 && x >= 0 && x < 16) {
                        value += weights[channel * 9 + i] * images[place / 256 * 256 + y * 16 + x];
                    }
                }
                sum += value;
                squares += value * value;
            }
            variance[channel] = (squares - sum * sum / outputs) / (outputs - 1);
        }
        return variance;
    }

    @Test
    void weightsOfOneChangeNothing() {
        Network plain = resnet8(1);
        Network weighted = resnet8(1);

        double plainSum = step(plain, null);
        double weightedSum = step(weighted, ones());

        assertThat(weightedSum).isEqualTo(plainSum);
        assertThat(losses(weighted)).containsExactly(losses(plain), within(1e-5f));
    }

    @Test
    void lossIsDividedByTheNumberOfExamples() throws IOException {
        Network single = open("resnet8", 1, 10, 1, 0, 0);
        Network twice = open("resnet8", 1, 10, 1, 0, 0);
        float[] before = tensor(single, "fc.bias");
        float[] twos = ones();
        Arrays.fill(twos, 2);

        double singleSum = step(single, null);
        double twiceSum = step(twice, twos);

        assertThat(twiceSum).isEqualTo(singleSum);
        float[] moved = tensor(single, "fc.bias");
        float[] movedTwice = tensor(twice, "fc.bias");
        for (int i = 0; i < 10; i++) {
            assertThat(movedTwice[i] - before[i]).isCloseTo(2 * (moved[i] - before[i]), within(1e-6f));
        }
    }

    @Test
    void exampleOfWeightZeroDoesNotAffectTheGradient() throws IOException {
        Network one = open("resnet8", 1, 10, 1, 0, 0);
        Network other = open("resnet8", 1, 10, 1, 0, 0);
        float[] weights = ones();
        weights[5] = 0;
        try (NDManager manager = one.manager().newSubManager()) {
            NDArray pixels = pixels(manager, 3);
            long[] changed = labels(manager).toLongArray();
            changed[5] = 9;
            one.forwardBackward(pixels, labels(manager), weights);
            one.step(.05);
            other.forwardBackward(pixels, manager.create(changed), weights);
            other.step(.05);
        }

        assertThat(one.checksum()).isEqualTo(other.checksum());
    }

    @Test
    void networkCanOverfitOneBatch() {
        Network network = resnet8(1);
        for (int i = 0; i < 40; i++) {
            step(network, null);
        }

        for (float loss : losses(network)) {
            assertThat(loss).isBetween(0f, .5f);
        }
    }

    @Test
    void evaluatesEveryImageOnceIncludingAPartialBatch() {
        Network network = resnet8(1);
        byte[] pixels = new byte[23 * 16 * 16];
        new Random(1).nextBytes(pixels);
        byte[] labels = new byte[23];
        ImageSet set = new ImageSet(23, 1, 16, 16, pixels, labels);
        try (DeviceImages images = new DeviceImages(network.manager(), set, new float[] {.5f}, new float[] {.25f});
                NDManager manager = network.manager().newSubManager()) {
            Network.Evaluation evaluation = network.evaluate(images, 10);

            int[] all = new int[23];
            Arrays.setAll(all, i -> i);
            NDArray batch = images.gather(manager, all);
            long[] predicted = network.logits(batch).argMax(1).toLongArray();
            double loss = 0;
            for (float each : network.losses(batch, images.labels(manager, all))) {
                loss += each;
            }
            assertThat(evaluation.count()).isEqualTo(23);
            assertThat(evaluation.correct()).isEqualTo((int)
                    Arrays.stream(predicted).filter(p -> p == 0).count());
            assertThat(evaluation.meanLoss()).isCloseTo(loss / 23, within(1e-5));
        }
    }

    /** The last stage of resnet18 has a single pixel of an image of 8 x 8: of one image, no variance. */
    @Test
    void singleSmallImageLeavesTheStatisticsFinite() {
        Network network = open("resnet18", 1, 10, 1, .9, 0);
        try (NDManager manager = network.manager().newSubManager()) {
            network.forwardBackward(pixels(manager, 3, 1, 8), manager.create(new long[] {4}), null);
            network.step(.01);
        }

        assertThat(network.nonFiniteTensor()).isNull();
    }
}
