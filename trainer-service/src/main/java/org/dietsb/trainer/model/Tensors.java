package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.RandomStream;

/** The tensors of a network by name: trained parameters, and the running statistics of BatchNorm. */
final class Tensors {
    private static final float MOMENTUM = .9f;
    private static final float EPSILON = 1e-5f;

    private final NDManager manager;
    private final long seed;

    /** An array, since a plain number becomes a new array at every use. */
    private final NDArray epsilon;

    private final Map<String, NDArray> all = new LinkedHashMap<>();
    private final List<NDArray> parameters = new ArrayList<>();
    private final List<String> parameterNames = new ArrayList<>();

    private final Map<String, float[]> given;

    /** Creates tensors with the given values; tensors without a value are initialized. */
    Tensors(NDManager manager, long seed, Map<String, float[]> given) {
        this.manager = manager;
        this.given = given;
        this.epsilon = manager.create(EPSILON);
        this.seed = seed;
    }

    /** Declares a parameter drawn from a normal distribution of variance 2 / fan-in (He et al. 2015). */
    void normal(String name, Shape shape, int fanIn) {
        if (given.containsKey(name)) {
            parameter(name, value(name, shape, 0));
            return;
        }
        float[] values = new float[(int) shape.size()];
        // A stream of its own, so that the values do not depend on which other tensors are drawn.
        RandomStream.of("init " + name, seed).normals(values, Math.sqrt(2.0 / fanIn));
        parameter(name, manager.create(values, shape));
    }

    void zeros(String name, Shape shape) {
        parameter(name, value(name, shape, 0));
    }

    void batchNorm(String name, int channels) {
        Shape shape = new Shape(channels);
        parameter(name + ".weight", value(name + ".weight", shape, 1));
        parameter(name + ".bias", value(name + ".bias", shape, 0));
        all.put(name + ".running_mean", value(name + ".running_mean", shape, 0));
        all.put(name + ".running_var", value(name + ".running_var", shape, 1));
    }

    /** Returns the given value, or a constant. */
    private NDArray value(String name, Shape shape, int otherwise) {
        float[] values = given.get(name);
        if (values == null) {
            return otherwise == 0 ? manager.zeros(shape) : manager.ones(shape);
        }
        if (values.length != shape.size()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + values.length + " values, allowed is " + shape.size());
        }
        return manager.create(values, shape);
    }

    /** Adds an existing array as a parameter. */
    void adopt(String name, NDArray parameter) {
        parameter(name, parameter);
    }

    /** Adds an existing array that is not trained. */
    void adoptFrozen(String name, NDArray tensor) {
        all.put(name, tensor);
    }

    private void parameter(String name, NDArray value) {
        value.setRequiresGradient(true);
        all.put(name, value);
        parameters.add(value);
        parameterNames.add(name);
    }

    NDArray get(String name) {
        NDArray tensor = all.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return tensor;
    }

    /** Applies BatchNorm over [B, C, H, W]: in training with the statistics of the batch, which update the running ones, else with these. */
    NDArray normalise(String name, NDArray x, boolean training) {
        // One value per channel has no variance: its running statistics would become NaN.
        boolean ofBatch = training && x.size() > x.getShape().get(1);
        return BatchNorm.batchNorm(
                        x,
                        get(name + ".running_mean"),
                        get(name + ".running_var"),
                        get(name + ".weight"),
                        get(name + ".bias"),
                        1,
                        MOMENTUM,
                        EPSILON,
                        ofBatch)
                .singletonOrThrow();
    }

    /** A convolution folded with the BatchNorm behind it, which uses its running statistics. */
    record Folded(NDArray weight, NDArray bias) {}

    /** Folds a convolution and a BatchNorm into one convolution of the given manager. */
    Folded fold(String convolution, String batchNorm, NDManager into) {
        NDArray weight = get(convolution + ".weight");
        try (NDManager scratch = into.newSubManager()) {
            NDArray deviation = get(batchNorm + ".running_var").add(epsilon);
            deviation.attach(scratch);
            NDArray scale = get(batchNorm + ".weight").div(deviation.sqrt());
            scale.attach(scratch);
            NDArray folded = weight.mul(scale.reshape(weight.getShape().get(0), 1, 1, 1));
            folded.attach(into);
            NDArray shift = scale.mul(get(batchNorm + ".running_mean"));
            NDArray bias = get(batchNorm + ".bias").sub(shift);
            bias.attach(into);
            return new Folded(folded, bias);
        }
    }

    Map<String, NDArray> all() {
        return all;
    }

    /** Returns the names in the order of the parameters. */
    List<String> parameterNames() {
        return List.copyOf(parameterNames);
    }

    List<NDArray> parameters() {
        return parameters;
    }
}
