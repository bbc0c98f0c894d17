package org.dietsb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.StringJoiner;

/** The table of a values file: each value with its default and the comment after {@code # --} above it. */
final class ValuesTable {
    private record Key(String name, int indent) {}

    private ValuesTable() {}

    /**
     * Returns the table in Markdown, in the order of the file.
     *
     * @throws IllegalArgumentException naming a value without a comment or a comment without a value
     */
    static String of(String text, JsonNode values) {
        StringBuilder table = new StringBuilder("| value | default | description |\n|---|---|---|\n");
        Deque<Key> path = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        // Keys below a value with a comment belong to its default.
        int described = Integer.MAX_VALUE;
        for (String line : text.lines().toList()) {
            String content = line.strip();
            int indent = line.length() - line.stripLeading().length();
            if (content.startsWith("# -- ")) {
                comment.append(content.substring("# -- ".length()));
            } else if (content.startsWith("#") && !comment.isEmpty()) {
                comment.append(' ').append(content.substring(1).strip());
            } else if (!content.isEmpty() && !content.startsWith("#") && indent <= described) {
                String name = content.contains(":") ? content.substring(0, content.indexOf(':')) : content;
                while (!path.isEmpty() && path.getLast().indent() >= indent) {
                    path.removeLast();
                }
                path.addLast(new Key(name, indent));
                JsonNode value = at(values, path);
                described = Integer.MAX_VALUE;
                if (!comment.isEmpty()) {
                    table.append("| `%s` | %s | %s |%n".formatted(dotted(path), shown(value), comment));
                    comment.setLength(0);
                    described = indent;
                } else if (!value.isObject() || value.isEmpty()) {
                    throw new IllegalArgumentException(dotted(path) + " has no comment that begins with # --");
                }
            }
        }
        if (!comment.isEmpty()) {
            throw new IllegalArgumentException("comment without a value: " + comment);
        }
        return table.toString();
    }

    private static JsonNode at(JsonNode values, Deque<Key> path) {
        JsonNode value = values;
        for (Iterator<Key> keys = path.iterator(); keys.hasNext(); ) {
            value = value.path(keys.next().name());
        }
        if (value.isMissingNode()) {
            throw new IllegalArgumentException(dotted(path) + " is not found: each key must be on a line of its own");
        }
        return value;
    }

    private static String dotted(Deque<Key> path) {
        StringJoiner dotted = new StringJoiner(".");
        path.forEach(key -> dotted.add(key.name()));
        return dotted.toString();
    }

    private static String shown(JsonNode value) {
        return value.isTextual() && value.asText().isEmpty()
                ? ""
                : "`" + (value.isTextual() ? value.asText() : value) + "`";
    }
}
