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
 * Stochastic gradient descent with Nesterov momentum and weight decay, by torch.optim.SGD's formula: {@code d = g + decay p;
 * v = momentum v + d; p -= rate (d + momentum v)}. The state is one velocity a parameter, all 0 before the first step.
 */
public final class NesterovSgd {
    /**
     * Of the host: numbers as its arrays go along with an operation on a GPU, while a plain number becomes a new array at every
     * use, whose copy to a GPU waits until that has done all it was given.
     */
    private final NDManager numbers;

    private final List<NDArray> parameters;
    private final List<NDArray> velocities = new ArrayList<>();

    private final NDArray momentum;
    private final NDArray weightDecay;

    /** For these parameters, which must hold gradients; the velocities belong to the manager. */
    public NesterovSgd(NDManager manager, Collection<NDArray> parameters, double momentum, double weightDecay) {
        this(manager, parameters, momentum, weightDecay, List.of());
    }

    /**
     * The same in the middle of training.
     *
     * @param given velocities, in the order of the parameters; none = all 0
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

    /** The state: one velocity a parameter, in their order. */
    public List<NDArray> velocities() {
        return List.copyOf(velocities);
    }

    /** Moves every parameter by its gradient, and sets the gradient to 0. Gradient mode must be off. */
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
