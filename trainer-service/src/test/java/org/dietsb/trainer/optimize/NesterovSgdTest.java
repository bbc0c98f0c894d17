package org.dietsb.trainer.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NesterovSgdTest {
    private final NDManager manager = TestDevice.newManager();
    private final NDArray parameter = manager.create(new float[] {1, -2});

    @AfterEach
    void free() {
        manager.close();
    }

    /** A loss of half the square: the gradient is the parameter itself. */
    private void backward() {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = parameter.mul(parameter).sum().div(2);
            loss.attach(scratch);
            collector.backward(loss);
        }
    }

    @Test
    void stepsMatchTheFormulaOfTorch() {
        parameter.setRequiresGradient(true);
        NesterovSgd sgd = new NesterovSgd(manager, List.of(parameter), .9, .5, List.of());

        // By hand, rate .1: g = p; d = g + .5 p = 1.5 p; v = .9 v + d; p -= .1 (d + .9 v).
        // p = 1: d = 1.5, v = 1.5, p = 1 - .1 (1.5 + 1.35) = .715
        // p = .715: d = 1.0725, v = 1.35 + 1.0725 = 2.4225, p = .715 - .1 (1.0725 + 2.18025) = .389725
        backward();
        sgd.step(.1);
        assertThat(parameter.toFloatArray()).containsExactly(new float[] {.715f, -1.43f}, within(1e-6f));
        backward();
        sgd.step(.1);
        assertThat(parameter.toFloatArray()).containsExactly(new float[] {.389725f, -.77945f}, within(1e-6f));
        // p = .389725: d = .5845875, v = 2.18025 + .5845875 = 2.7648375, at rate .01:
        // p = .389725 - .01 (.5845875 + 2.48835375) = .3589955875
        backward();
        sgd.step(.01);
        assertThat(parameter.toFloatArray()).containsExactly(new float[] {.3589956f, -.7179912f}, within(1e-6f));
    }

    @Test
    void gradientIsZeroAfterAStep() {
        parameter.setRequiresGradient(true);
        NesterovSgd sgd = new NesterovSgd(manager, List.of(parameter), 0, 0, List.of());
        backward();
        sgd.step(.1);
        float[] after = parameter.toFloatArray();

        sgd.step(.1);

        assertThat(parameter.toFloatArray()).containsExactly(after);
    }

    @Test
    void noArraysLeak() {
        parameter.setRequiresGradient(true);
        NesterovSgd sgd = new NesterovSgd(manager, List.of(parameter), .9, .5, List.of());
        backward();
        sgd.step(.1);
        int before = manager.getManagedArrays().size();

        sgd.step(.1);

        assertThat(manager.getManagedArrays()).hasSize(before);
    }
}
