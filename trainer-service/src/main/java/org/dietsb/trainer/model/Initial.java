package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Initial tensors of a network, from a file that another run of the same architecture wrote. */
final class Initial {
    private static final List<String> LAST_LAYER = List.of("fc.weight", "fc.bias");
    private static final int MOST_NAMED = 5;

    private Initial() {}

    /**
     * Returns the tensors of the file, without the last layer if its number of classes differs.
     *
     * @param model name of the network
     * @param fresh the tensors of the fresh network
     * @throws IllegalArgumentException naming the tensors that do not fit, with their shapes
     */
    static Map<String, float[]> fitting(Safetensors.Content given, String model, Map<String, NDArray> fresh) {
        boolean otherClasses = false;
        for (String name : LAST_LAYER) {
            Shape shape = given.shapes().get(name);
            NDArray own = fresh.get(name);
            otherClasses |= shape != null && own != null && !shape.equals(own.getShape());
        }
        boolean drawn = otherClasses;
        List<String> wrong = new ArrayList<>();
        Map<String, float[]> fitting = new LinkedHashMap<>();
        fresh.forEach((name, tensor) -> {
            Shape shape = given.shapes().get(name);
            float[] values = given.tensors().get(name);
            boolean last = LAST_LAYER.contains(name);
            if (shape == null || values == null) {
                wrong.add(name + " is missing");
            } else if (!shape.equals(tensor.getShape()) && !(last && sameButForClasses(shape, tensor.getShape()))) {
                wrong.add(name + " is " + shape + ", needed is " + tensor.getShape());
            } else if (!(last && drawn)) {
                fitting.put(name, finite(name, values, wrong));
            }
        });
        given.shapes().keySet().stream()
                .filter(name -> !fresh.containsKey(name))
                .forEach(name -> wrong.add(name + " is not in the network"));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("init does not fit " + model + ": "
                    + String.join("; ", wrong.subList(0, Math.min(MOST_NAMED, wrong.size())))
                    + (wrong.size() > MOST_NAMED ? "; and " + (wrong.size() - MOST_NAMED) + " more" : ""));
        }
        return fitting;
    }

    private static boolean sameButForClasses(Shape given, Shape needed) {
        return given.dimension() == needed.dimension() && given.slice(1).equals(needed.slice(1)) && given.get(0) > 0;
    }

    private static float[] finite(String name, float[] values, List<String> wrong) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                wrong.add(name + " holds " + value);
                break;
            }
        }
        return values;
    }
}
