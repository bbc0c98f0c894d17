package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyJson;

/**
 * The form in which a run is ordered.
 *
 * @param usual what most orders say something of
 * @param others what has a default that mostly fits
 */
record OrderForm(List<Field> usual, List<Field> others, PolicyForm policy) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private enum Type {
        TEXT,
        INTEGER,
        NUMBER
    }

    /** A field of an order, by its name in JSON. */
    private record Key(String name, Type type, String otherwise, String meaning, List<String> choices) {
        private Key(String name, Type type, String otherwise, String meaning, String... choices) {
            this(name, type, otherwise, meaning, List.of(choices));
        }
    }

    private static final Key DATASET = new Key("dataset", Type.TEXT, "fashion-mini", "images to train on");
    private static final Key MODEL = new Key("model", Type.TEXT, "resnet8", "network");
    private static final List<Key> USUAL = List.of(
            new Key("epochs", Type.INTEGER, "10", "1 to 100,000"),
            new Key("batchSize", Type.INTEGER, "128", "examples of a batch"),
            new Key("limit", Type.INTEGER, "", "train on the first so many images alone; empty = all"),
            new Key("seed", Type.INTEGER, "1", "equal seeds give equal runs"));
    private static final List<Key> OTHERS = List.of(
            new Key("id", Type.TEXT, "", "its name; empty = one is made up"),
            new Key(
                    "dataDir",
                    Type.TEXT,
                    "",
                    "folder of the dataset on the trainer's machine; empty = the usual places"),
            new Key("imageSize", Type.INTEGER, "", "pixels a side of the pictures of dataset folder; empty = 32"),
            new Key("init", Type.TEXT, "", "safetensors on the trainer's machine to begin with; empty = fresh weights"),
            new Key(
                    "modelFile",
                    Type.TEXT,
                    "",
                    "TorchScript on the trainer's machine in place of the model; empty = none"),
            new Key("learningRate", Type.NUMBER, "0.1", "at its highest"),
            new Key("schedule", Type.TEXT, "cosine", "of the learning rate", "cosine", "step", "constant"),
            new Key("warmupEpochs", Type.NUMBER, "0", "in which the learning rate rises"),
            new Key("momentum", Type.NUMBER, "0.9", "Nesterov's"),
            new Key("weightDecay", Type.NUMBER, "0.0005", "of the weights"),
            new Key("budget", Type.TEXT, "epochs", "epochs, steps=N or passes=N: when the run is over"),
            new Key("window", Type.INTEGER, "4", "batches on their way at a time; 1 = exact"),
            new Key(
                    "onTimeout",
                    Type.TEXT,
                    "whole",
                    "what becomes of a batch whose mask does not come",
                    "whole",
                    "random",
                    "wait"),
            new Key("maskTimeoutSeconds", Type.NUMBER, "30", "how long a mask is waited for"),
            new Key("evaluateEvery", Type.INTEGER, "1", "epochs, and at the end; 0 = never"),
            new Key(
                    "stopAtAccuracy",
                    Type.NUMBER,
                    "",
                    "end with the first evaluation that reaches this share; empty = never"),
            new Key("checkpointEvery", Type.INTEGER, "0", "batches; 0 = at the end of each epoch alone"));

    /**
     * A field.
     *
     * @param choices what it may be, if that is a list of words; else empty
     * @param value as typed, or its default
     * @param wrong whether the problem is its
     */
    record Field(String name, String meaning, List<String> choices, String value, boolean numeric, boolean wrong) {}

    /**
     * As it was typed.
     *
     * @param datasets that the trainer knows; empty if it does not say
     * @param models likewise
     */
    static OrderForm of(Typed typed, PolicyForm policy, List<String> datasets, List<String> models) {
        return new OrderForm(
                Stream.concat(
                                Stream.of(
                                        field(DATASET, typed, datasets, policy.problem()),
                                        field(MODEL, typed, models, policy.problem())),
                                USUAL.stream().map(key -> field(key, typed, key.choices, policy.problem())))
                        .toList(),
                OTHERS.stream()
                        .map(key -> field(key, typed, key.choices, policy.problem()))
                        .toList(),
                policy);
    }

    /** Whether something other than its defaults was typed into the fields that stand apart, or is wrong there. */
    public boolean isUnusual() {
        return others.stream().anyMatch(Field::wrong)
                || OTHERS.stream().anyMatch(key -> {
                    String text = policy.typed().text(key.name);
                    return !text.isEmpty() && !text.equals(key.otherwise);
                });
    }

    private static Field field(Key key, Typed typed, List<String> choices, String problem) {
        String text = typed.text(key.name);
        return new Field(
                key.name,
                key.meaning,
                choices,
                text.isEmpty() ? key.otherwise : text,
                key.type != Type.TEXT,
                problem.startsWith(key.name + " "));
    }

    /**
     * The order, as its trainer takes it; what was not typed is left out.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    static ObjectNode order(Typed typed) {
        ObjectNode order = JSON.createObjectNode();
        Stream.of(Stream.of(DATASET, MODEL), USUAL.stream(), OTHERS.stream())
                .flatMap(keys -> keys)
                .filter(key -> !typed.text(key.name).isEmpty())
                // The form always names a model; a file stands in its place.
                .filter(key -> key != MODEL || typed.text("modelFile").isEmpty())
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
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException(
                    key.name + " is " + text + ", allowed is " + (key.type == Type.INTEGER ? "an integer" : "a number"),
                    none);
        }
    }
}
