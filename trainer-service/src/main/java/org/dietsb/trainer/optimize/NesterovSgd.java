package org.dietsb.trainer.optimize;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent with Nesterov momentum and weight decay, as torch.optim.SGD computes it: {@code d = g + decay p;
 * v = momentum v + d; p -= rate (d + momentum v)}. The state is one velocity per parameter, initially 0.
 */
public final class NesterovSgd {
    /**
     * Manager of arrays of the host, in which numbers are passed along with an operation on a GPU. A plain number becomes a new array
     * at every use, whose copy to a GPU waits until the GPU has finished all queued work.
     */
    private final NDManager numbers;

    private final List<NDArray> parameters;
    private final List<NDArray> velocities = new ArrayList<>();

    private final NDArray momentum;
    private final NDArray weightDecay;

    /**
     * Creates an optimizer for parameters that hold gradients. The velocities belong to the manager.
     *
     * @param given velocities in the order of the parameters; empty = all 0
     */
    public NesterovSgd(
            NDManager manager,
            Collection<NDArray> parameters,
            double momentum,
            double weightDecay,
            List<float[]> given) {
        this.numbers = manager.newSubManager(Device.cpu());
        this.parameters = List.copyOf(parameters);
        for (NDArray parameter : parameters) {
            velocities.add(
                    given.isEmpty()
                            ? manager.zeros(parameter.getShape())
                            : manager.create(given.get(velocities.size()), parameter.getShape()));
        }
        this.momentum = numbers.create((float) momentum);
        this.weightDecay = numbers.create((float) weightDecay);
    }

    /** Returns the velocities in the order of the parameters. */
    public List<NDArray> velocities() {
        return List.copyOf(velocities);
    }

    /** Updates every parameter with its gradient, and sets the gradient to 0. Gradient mode must be off. */
    public void step(double learningRate) {
        try (NDArray rate = numbers.create((float) learningRate)) {
            for (int i = 0; i < parameters.size(); i++) {
                NDArray parameter = parameters.get(i);
                NDArray velocity = velocities.get(i);
                try (NDArray gradient = parameter.getGradient()) {
                    try (NDArray decay = parameter.mul(weightDecay)) {
                        gradient.addi(decay);
                    }
                    velocity.muli(momentum).addi(gradient);
                    try (NDArray ahead = velocity.mul(momentum)) {
                        gradient.addi(ahead).muli(rate);
                    }
                    parameter.subi(gradient);
                }
                JniUtils.zeroGrad((PtNDArray) parameter);
            }
        }
    }
}
