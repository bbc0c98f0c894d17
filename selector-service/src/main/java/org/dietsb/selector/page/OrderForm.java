package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyJson;

/**
 * The form for ordering a run.
 *
 * @param usual fields that most orders set
 * @param others fields whose default is suitable for most orders
 */
record OrderForm(List<Field> usual, List<Field> others, PolicyForm policy) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private enum Type {
        TEXT,
        INTEGER,
        NUMBER
    }

    /** A field of an order, by its JSON name. */
    private record Key(String name, Type type, String otherwise, String meaning, List<String> choices) {
        private Key(String name, Type type, String otherwise, String meaning, String... choices) {
            this(name, type, otherwise, meaning, List.of(choices));
        }
    }

    private static final List<Key> USUAL = List.of(
            new Key("dataset", Type.TEXT, "fashion-mini", "images to train on"),
            new Key("model", Type.TEXT, "resnet8", "network"),
            new Key("epochs", Type.INTEGER, "10", "1 to 100,000"),
            new Key("batchSize", Type.INTEGER, "128", "examples per batch"),
            new Key("limit", Type.INTEGER, "", "train on the first N images only; empty = all"),
            new Key("seed", Type.INTEGER, "1", "equal seeds give equal runs"));
    private static final List<Key> OTHERS = List.of(
            new Key("id", Type.TEXT, "", "name of the run; empty = generated"),
            new Key("tags", Type.TEXT, "", "words by which the run is found, with commas between them; at most 8"),
            new Key(
                    "dataDir",
                    Type.TEXT,
                    "",
                    "folder of the dataset on the trainer's machine; empty = the usual locations"),
            new Key("imageSize", Type.INTEGER, "", "side length in pixels, for the dataset folder; empty = 32"),
            new Key(
                    "onBadPicture",
                    Type.TEXT,
                    "fail",
                    "damaged, unreadable or other files of the dataset folder",
                    "fail",
                    "skip"),
            new Key(
                    "init",
                    Type.TEXT,
                    "",
                    "safetensors file with the initial weights, on the trainer's machine; empty = new weights"),
            new Key(
                    "modelFile",
                    Type.TEXT,
                    "",
                    "TorchScript file that replaces the model, on the trainer's machine; empty = none"),
            new Key("learningRate", Type.NUMBER, "0.1", "peak value"),
            new Key("schedule", Type.TEXT, "cosine", "learning rate schedule", "cosine", "step", "constant"),
            new Key("warmupEpochs", Type.NUMBER, "0", "epochs during which the learning rate rises"),
            new Key("momentum", Type.NUMBER, "0.9", "Nesterov momentum"),
            new Key("weightDecay", Type.NUMBER, "0.0005", "weight decay"),
            new Key("budget", Type.TEXT, "epochs", "when the run ends: epochs, steps=N or passes=N"),
            new Key("window", Type.INTEGER, "4", "batches in flight; 1 = exact"),
            new Key(
                    "onTimeout",
                    Type.TEXT,
                    "whole",
                    "how to train a batch whose mask does not arrive",
                    "whole",
                    "random",
                    "wait"),
            new Key("maskTimeoutSeconds", Type.NUMBER, "30", "seconds to wait for a mask"),
            new Key("evaluateEvery", Type.INTEGER, "1", "epochs between evaluations, plus one at the end; 0 = never"),
            new Key(
                    "stopAtAccuracy",
                    Type.NUMBER,
                    "",
                    "end the run at the first evaluation that reaches this share; empty = never"),
            new Key(
                    "checkpointEvery",
                    Type.INTEGER,
                    "0",
                    "batches between checkpoints; 0 = only at the end of each epoch"));

    /**
     * A field as shown.
     *
     * @param choices the allowed values, if they are an enumeration; otherwise empty
     * @param value the typed value, or the default
     * @param wrong whether the problem concerns this field
     */
    record Field(String name, String meaning, List<String> choices, String value, boolean numeric, boolean wrong) {}

    /**
     * Creates the form with the typed input.
     *
     * @param known choices that the trainer lists, by field; an empty list makes the field free text
     */
    static OrderForm of(Typed typed, PolicyForm policy, Map<String, List<String>> known) {
        return new OrderForm(fields(USUAL, typed, policy, known), fields(OTHERS, typed, policy, known), policy);
    }

    private static List<Field> fields(List<Key> keys, Typed typed, PolicyForm policy, Map<String, List<String>> known) {
        return keys.stream()
                .map(key -> {
                    String text = typed.text(key.name);
                    return new Field(
                            key.name,
                            key.meaning,
                            known.getOrDefault(key.name, key.choices),
                            text.isEmpty() ? key.otherwise : text,
                            key.type != Type.TEXT,
                            policy.problem().startsWith(key.name + " "));
                })
                .toList();
    }

    /** Returns whether any of the less usual fields is invalid or differs from its default. */
    public boolean isUnusual() {
        return others.stream().anyMatch(Field::wrong)
                || OTHERS.stream().anyMatch(key -> {
                    String text = policy.typed().text(key.name);
                    return !text.isEmpty() && !text.equals(key.otherwise);
                });
    }

    /**
     * Returns the order in the trainer's JSON form. Leaves out fields that were not typed.
     *
     * @throws IllegalArgumentException naming the field, its value and the allowed values
     */
    static ObjectNode order(Typed typed) {
        ObjectNode order = JSON.createObjectNode();
        Stream.concat(USUAL.stream(), OTHERS.stream())
                .filter(key -> !typed.text(key.name).isEmpty())
                // The form always names a model. A model file replaces it.
                .filter(key ->
                        !key.name.equals("model") || typed.text("modelFile").isEmpty())
                .forEach(key -> put(order, key, typed.text(key.name)));
        if (!typed.text("kind").isEmpty()) {
            order.set("policy", JSON.valueToTree(PolicyJson.of(typed.policy())));
        }
        return order;
    }

    private static void put(ObjectNode order, Key key, String text) {
        try {
            switch (key.type) {
                case TEXT -> order.put(key.name, text);
                case INTEGER -> order.put(key.name, Long.parseLong(text));
                case NUMBER -> order.put(key.name, Double.parseDouble(text));
            }
        } catch (NumberFormatException invalid) {
            throw new IllegalArgumentException(
                    key.name + " is " + text + ", allowed is " + (key.type == Type.INTEGER ? "an integer" : "a number"),
                    invalid);
        }
    }
}
