package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossesTest {
    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void free() {
        manager.close();
    }

    private NDArray labels(long... labels) {
        return manager.create(labels);
    }

    @Test
    void crossEntropyIsExactIfSoftmaxUnderflows() {
        NDArray logits = manager.create(new float[] {1000, 0, 0, 1000, 0, 0}, new Shape(2, 3));

        float[] losses = Losses.crossEntropy(logits, labels(0, 1)).toFloatArray();

        assertThat(losses).containsExactly(0f, 1000f);
    }

    @Test
    void crossEntropyOfAUniformPredictionIsTheLogarithmOfTheClasses() {
        NDArray logits = manager.zeros(new Shape(1, 10));

        assertThat(Losses.crossEntropy(logits, labels(7)).toFloatArray())
                .containsExactly(new float[] {(float) Math.log(10)}, within(1e-6f));
    }

    @Test
    void errorNormOfPublishedProbabilities() {
        NDArray logits = manager.create(new float[] {.7f, .2f, .1f, .1f, .8f, .1f, .4f, .3f, .3f}, new Shape(3, 3))
                .log();

        float[] norms = Losses.errorNorms(logits, labels(0, 0, 0));

        assertThat((double) norms[0]).isCloseTo(.3741657387, within(1e-6));
        assertThat(((double) norms[0] + norms[1] + norms[2]) / 3).isCloseTo(.7724390863, within(1e-6));
    }

    @Test
    void errorNormsCoverTheirRange() {
        NDArray logits = manager.create(new float[] {1000, 0, 0, 1000, 0, 0}, new Shape(2, 3));

        assertThat(Losses.errorNorms(logits, labels(0, 1))).containsExactly(0f, (float) Math.sqrt(2));
    }
}
