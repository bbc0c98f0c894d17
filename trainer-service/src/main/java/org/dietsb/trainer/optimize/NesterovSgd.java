package org.dietsb.trainer.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent with Nesterov momentum and weight decay, by torch.optim.SGD's formula: {@code d = g + decay p;
 * v = momentum v + d; p -= rate (d + momentum v)}. The state is one velocity a parameter, all 0 before the first step.
 */
public final class NesterovSgd {
    private final List<NDArray> parameters;
    private final List<NDArray> velocities = new ArrayList<>();
    private final double momentum;
    private final double weightDecay;

    /** For these parameters, which must hold gradients; the velocities belong to the manager. */
    public NesterovSgd(NDManager manager, Collection<NDArray> parameters, double momentum, double weightDecay) {
        this.parameters = List.copyOf(parameters);
        for (NDArray parameter : parameters) {
            velocities.add(manager.zeros(parameter.getShape()));
        }
        this.momentum = momentum;
        this.weightDecay = weightDecay;
    }

    /** Moves every parameter by its gradient, and sets the gradient to 0. Gradient mode must be off. */
    public void step(double learningRate) {
        for (int i = 0; i < parameters.size(); i++) {
            NDArray parameter = parameters.get(i);
            NDArray velocity = velocities.get(i);
            try (NDArray gradient = parameter.getGradient();
                    NDArray decay = parameter.mul(weightDecay)) {
                gradient.addi(decay);
                velocity.muli(momentum).addi(gradient);
                try (NDArray ahead = velocity.mul(momentum)) {
                    gradient.addi(ahead).muli(learningRate);
                }
                parameter.subi(gradient);
                gradient.subi(gradient);
            }
        }
    }
}
