package org.dietsb.trainer.optimize;

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
    private final NDManager manager;
    private final List<NDArray> parameters;
    private final List<NDArray> velocities = new ArrayList<>();

    /** As arrays, since a plain number becomes a new one, copied from the host, at every use. */
    private final NDArray momentum;

    private final NDArray weightDecay;

    /** For these parameters, which must hold gradients; the velocities belong to the manager. */
    public NesterovSgd(NDManager manager, Collection<NDArray> parameters, double momentum, double weightDecay) {
        this.manager = manager;
        this.parameters = List.copyOf(parameters);
        for (NDArray parameter : parameters) {
            velocities.add(manager.zeros(parameter.getShape()));
        }
        this.momentum = manager.create((float) momentum);
        this.weightDecay = manager.create((float) weightDecay);
    }

    /** Moves every parameter by its gradient, and sets the gradient to 0. Gradient mode must be off. */
    public void step(double learningRate) {
        try (NDArray rate = manager.create((float) learningRate)) {
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
