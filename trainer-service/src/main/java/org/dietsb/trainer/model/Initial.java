package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Initial tensors of a network, from a file that another run of the same architecture, or PyTorch, wrote.
 *
 * @param content the tensors, by the names of the network
 * @param drawsLastLayer whether the file is of other classes, so that its last layer is not used
 * @param notes what a user may not expect of the file, a sentence each
 */
public record Initial(Safetensors.Content content, boolean drawsLastLayer, List<String> notes) {
    /** Key of the metadata under which a file names its classes, as a JSON array. */
    public static final String CLASSES = "classes";

    private static final List<String> LAST_LAYER = List.of("fc.weight", "fc.bias");
    /** What torch.nn.DataParallel and torch.compile put before the names of a state_dict. */
    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");

    private static final int MOST_NAMED = 5;

    public Initial {
        notes = List.copyOf(notes);
    }

    /** Prepares the content of a file for a network that tells these classes apart. */
    public static Initial of(Safetensors.Content file, List<String> classNames) {
        List<String> notes = new ArrayList<>();
        Safetensors.Content content = file;
        for (String prefix = prefix(content); !prefix.isEmpty(); prefix = prefix(content)) {
            notes.add("Prefix " + prefix + " is removed from the names of the tensors in init");
            content = content.withoutPrefix(prefix);
        }
        List<String> classes = classes(file.metadata().get(CLASSES));
        boolean others = !classes.isEmpty() && !classes.equals(classNames);
        if (others) {
            notes.add("The classes of init are not those of the dataset: the last layer is drawn from the seed");
        } else if (classes.isEmpty()) {
            notes.add("init does not name its classes: its last layer is kept if the number of classes is equal");
        }
        return new Initial(content, others, notes);
    }

    private static String prefix(Safetensors.Content content) {
        return PREFIXES.stream()
                .filter(prefix -> !content.shapes().isEmpty()
                        && content.shapes().keySet().stream().allMatch(name -> name.startsWith(prefix)))
                .findFirst()
                .orElse("");
    }

    private static List<String> classes(@Nullable String json) {
        try {
            return json == null ? List.of() : new ObjectMapper().readValue(json, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException foreign) {
            return List.of();
        }
    }

    /**
     * Returns the tensors of the file, without the last layer if its classes differ.
     *
     * @param model name of the network
     * @param fresh the tensors of the fresh network
     * @throws IllegalArgumentException naming the tensors that do not fit, with their shapes
     */
    Map<String, float[]> fitting(String model, Map<String, NDArray> fresh) {
        boolean drawn = drawsLastLayer || LAST_LAYER.stream().anyMatch(name -> differs(name, fresh.get(name)));
        List<String> wrong = new ArrayList<>();
        Map<String, float[]> fitting = new LinkedHashMap<>();
        fresh.forEach((name, tensor) -> {
            Shape shape = content.shapes().get(name);
            float[] values = content.tensors().get(name);
            boolean last = LAST_LAYER.contains(name);
            if (shape == null || values == null) {
                wrong.add(name + " is missing");
            } else if (!shape.equals(tensor.getShape()) && !(last && sameButForClasses(shape, tensor.getShape()))) {
                wrong.add(name + " is " + shape + ", needed is " + tensor.getShape());
            } else if (!(last && drawn)) {
                fitting.put(name, finite(name, values, wrong));
            }
        });
        content.shapes().keySet().stream()
                .filter(name -> !fresh.containsKey(name))
                .forEach(name -> wrong.add(name + " is not in the network"));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("init does not fit " + model + ": "
                    + String.join("; ", wrong.subList(0, Math.min(MOST_NAMED, wrong.size())))
                    + (wrong.size() > MOST_NAMED ? "; and " + (wrong.size() - MOST_NAMED) + " more" : ""));
        }
        return fitting;
    }

    private boolean differs(String name, @Nullable NDArray own) {
        Shape shape = content.shapes().get(name);
        return shape != null && own != null && !shape.equals(own.getShape());
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
