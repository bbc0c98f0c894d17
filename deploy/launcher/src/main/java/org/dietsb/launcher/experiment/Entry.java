package org.dietsb.launcher.experiment;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of an experiment's file; what is wrong with it is said with line and key. */
public final class Entry {
    private final String file;
    private final String path;
    private final Node whole;
    private final Map<String, Node> left = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    /**
     * Reads the keys.
     *
     * @param path of this mapping in the file; empty for the file's own
     */
    public Entry(String file, String path, Node node) {
        this.file = file;
        this.path = path;
        this.whole = node;
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, (path.isEmpty() ? "the file" : path) + " holds no keys");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            String name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (left.put(name, tuple.getValueNode()) != null) {
                throw wrong(key, at(name) + " is there twice");
            }
        }
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private ExperimentException wrong(Node where, String what) {
        return new ExperimentException(file + ", line " + (where.getStartMark().getLine() + 1) + ": " + what);
    }

    private ExperimentException wrong(Node where, String key, String allowed) {
        String value = where instanceof ScalarNode scalar ? scalar.getValue() : "no single value";
        return wrong(where, at(key) + " is " + value + ", allowed is " + allowed);
    }

    /** What is wrong with the mapping as a whole. */
    public ExperimentException wrong(String what) {
        return wrong(whole, (path.isEmpty() ? "" : path + ": ") + what);
    }

    private @Nullable Node take(String key) {
        known.add(key);
        return left.remove(key);
    }

    public boolean has(String key) {
        return left.containsKey(key);
    }

    /** Refuses the keys that nobody asked for. */
    public void end() {
        left.forEach((key, node) -> {
            throw wrong(
                    node,
                    at(key) + " is no key, allowed are "
                            + known.stream().sorted().collect(Collectors.joining(", ")));
        });
    }

    @Nullable
    public Entry entry(String key) {
        Node node = take(key);
        return node == null ? null : new Entry(file, at(key), node);
    }

    /** A list of mappings, at least one. */
    List<Entry> entries(String key) {
        Node node = take(key);
        if (node == null) {
            throw wrong(whole, at(key) + " is missing");
        }
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw wrong(node, key, "a list, one or more");
        }
        List<Entry> entries = new ArrayList<>();
        for (Node one : sequence.getValue()) {
            entries.add(new Entry(file, at(key) + "[" + entries.size() + "]", one));
        }
        return entries;
    }

    public String text(String key, String otherwise) {
        Node node = take(key);
        return node == null ? otherwise : scalar(node, key, "text");
    }

    @Nullable
    public String word(String key, @Nullable String otherwise, List<String> allowed) {
        return word(key, otherwise, allowed::contains, "one of " + String.join(", ", allowed));
    }

    @Nullable
    public String word(String key, @Nullable String otherwise, Predicate<String> fits, String allowed) {
        Node node = take(key);
        if (node == null) {
            return otherwise;
        }
        String word = scalar(node, key, allowed);
        if (!fits.test(word)) {
            throw wrong(node, key, allowed);
        }
        return word;
    }

    /** One or a list. */
    public List<String> words(String key, List<String> otherwise, List<String> allowed) {
        return several(key, otherwise, (node, of) -> {
            String word = scalar(node, of, "one of " + String.join(", ", allowed));
            if (!allowed.contains(word)) {
                throw wrong(node, of, "one of " + String.join(", ", allowed));
            }
            return word;
        });
    }

    private String scalar(Node node, String key, String allowed) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong(node, key, allowed);
    }

    boolean flag(String key) {
        return "true".equals(word(key, "false", List.of("true", "false")));
    }

    public int whole(String key, int otherwise, int least, int most) {
        Node node = take(key);
        return node == null ? otherwise : (int) whole(node, key, least, most);
    }

    /** One or a list, without doubles. */
    public List<Long> seeds(String key, List<Long> otherwise) {
        return several(key, otherwise, (node, of) -> whole(node, of, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private long whole(Node node, String key, long least, long most) {
        String allowed = "a whole number" + (least == Long.MIN_VALUE ? "" : " in [" + least + ", " + most + "]");
        try {
            long value = Long.parseLong(scalar(node, key, allowed));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException none) {
            // Told below.
        }
        throw wrong(node, key, allowed);
    }

    public double number(String key, double otherwise, Predicate<Double> fits, String allowed) {
        Node node = take(key);
        return node == null ? otherwise : number(node, key, fits, allowed);
    }

    /** Numbers or fractions, one or a list. */
    public List<Double> shares(String key, List<Double> otherwise, Predicate<Double> fits, String allowed) {
        return several(key, otherwise, (node, of) -> number(node, of, fits, allowed));
    }

    private double number(Node node, String key, Predicate<Double> fits, String allowed) {
        try {
            String[] parts = scalar(node, key, allowed).split("/", 2);
            double value = new BigDecimal(parts[0].strip()).doubleValue()
                    / (parts.length == 1 ? 1 : new BigDecimal(parts[1].strip()).doubleValue());
            if (Double.isFinite(value) && fits.test(value)) {
                return value;
            }
        } catch (NumberFormatException none) {
            // Told below.
        }
        throw wrong(node, key, allowed + ", as a number or a fraction");
    }

    private <T> List<T> several(String key, List<T> otherwise, BiFunction<Node, String, T> read) {
        Node node = take(key);
        if (node == null) {
            return otherwise;
        }
        List<Node> nodes = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        if (nodes.isEmpty()) {
            throw wrong(node, at(key) + " is empty");
        }
        List<T> values = new ArrayList<>();
        for (Node one : nodes) {
            T value = read.apply(one, key);
            if (values.contains(value)) {
                throw wrong(one, at(key) + " has " + value + " twice");
            }
            values.add(value);
        }
        return values;
    }
}
