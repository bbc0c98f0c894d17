package org.dietsb.launcher.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Interval;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import picocli.CommandLine.TypeConversionException;

/** A mapping of an experiment file. Errors name the line and the key. */
final class Entry {
    private final String file;
    private final String path;
    private final Node whole;
    private final Map<String, Node> left = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();

    /**
     * Reads the keys.
     *
     * @param path of this mapping in the file; empty for the top level
     */
    Entry(String file, String path, Node node) {
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
                throw wrong(key, at(name) + " occurs twice");
            }
        }
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private WrongUsage wrong(Node where, String what) {
        return new WrongUsage(file + ", line " + (where.getStartMark().getLine() + 1) + ": " + what);
    }

    private WrongUsage wrong(Node where, String key, String allowed) {
        String value = where instanceof ScalarNode scalar ? scalar.getValue() : "not a single value";
        return wrong(where, at(key) + " is " + value + ", allowed is " + allowed);
    }

    /** Returns an error of the mapping as a whole. */
    WrongUsage wrong(String what) {
        return wrong(whole, (path.isEmpty() ? "" : path + ": ") + what);
    }

    private @Nullable Node take(String key) {
        known.add(key);
        return left.remove(key);
    }

    /** Rejects keys that were not read. */
    void end() {
        left.forEach((key, node) -> {
            throw wrong(node, at(key) + " is not a key, allowed are " + String.join(", ", known));
        });
    }

    @Nullable
    Entry entry(String key) {
        Node node = take(key);
        return node == null ? null : new Entry(file, at(key), node);
    }

    /** Reads a list of one or more mappings. */
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

    String text(String key, String otherwise) {
        Node node = take(key);
        return node == null ? otherwise : word(node, key, text -> true, "text");
    }

    /** Reads one of several words; returns null if the key is missing. */
    @Nullable
    String word(String key, List<String> allowed) {
        return word(key, allowed::contains, oneOf(allowed));
    }

    String word(String key, String otherwise, List<String> allowed) {
        String word = word(key, allowed);
        return word == null ? otherwise : word;
    }

    /** Reads a word that meets a condition; returns null if the key is missing. */
    @Nullable
    String word(String key, Predicate<String> fits, String allowed) {
        Node node = take(key);
        return node == null ? null : word(node, key, fits, allowed);
    }

    List<String> words(String key, List<String> otherwise, List<String> allowed) {
        return several(key, otherwise, (node, of) -> word(node, of, allowed::contains, oneOf(allowed)));
    }

    private String word(Node node, String key, Predicate<String> fits, String allowed) {
        if (node instanceof ScalarNode scalar && fits.test(scalar.getValue())) {
            return scalar.getValue();
        }
        throw wrong(node, key, allowed);
    }

    private static String oneOf(List<String> words) {
        return "one of " + String.join(", ", words);
    }

    boolean flag(String key) {
        return word(key, "false", List.of("true", "false")).equals("true");
    }

    int whole(String key, int otherwise, int least, int most) {
        Node node = take(key);
        return node == null ? otherwise : (int) whole(node, key, least, most);
    }

    /** Reads one number or a list without duplicates. */
    List<Long> seeds(String key, List<Long> otherwise) {
        return several(key, otherwise, (node, of) -> whole(node, of, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private long whole(Node node, String key, long least, long most) {
        String allowed = "a whole number" + (least == Long.MIN_VALUE ? "" : " in [" + least + ", " + most + "]");
        try {
            long value = Long.parseLong(word(node, key, text -> true, allowed));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException none) {
            // Reported below.
        }
        throw wrong(node, key, allowed);
    }

    /**
     * Reads a number or a fraction.
     *
     * @param allowed interval that holds the number; error messages quote it with any text that follows
     */
    double number(String key, double otherwise, String allowed) {
        Node node = take(key);
        return node == null ? otherwise : number(node, key, Interval.parse(allowed)::contains, allowed);
    }

    /** Reads a number or a fraction that meets a condition. */
    double number(String key, double otherwise, DoublePredicate fits, String allowed) {
        Node node = take(key);
        return node == null ? otherwise : number(node, key, fits, allowed);
    }

    /** Reads one number or a list without duplicates. */
    List<Double> numbers(String key, List<Double> otherwise, String allowed) {
        return several(key, otherwise, (node, of) -> number(node, of, Interval.parse(allowed)::contains, allowed));
    }

    private double number(Node node, String key, DoublePredicate fits, String allowed) {
        try {
            double value = Fraction.parse(word(node, key, text -> true, allowed));
            if (fits.test(value)) {
                return value;
            }
        } catch (TypeConversionException none) {
            // Reported below.
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
        Set<T> values = new LinkedHashSet<>();
        for (Node one : nodes) {
            T value = read.apply(one, key);
            if (!values.add(value)) {
                throw wrong(one, at(key) + " has " + value + " twice");
            }
        }
        return List.copyOf(values);
    }
}
