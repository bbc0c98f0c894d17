package org.dietsb.contracts.field;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A field of a request. Refusals, forms, help texts and the description of the interface are made from it, so that they agree.
 */
public interface Field {
    /** The kind of value. */
    enum Type {
        TEXT,
        WHOLE,
        NUMBER,
        /** A number that may be written as a fraction or a percentage, see {@link Share}. */
        SHARE,
        /** One of {@link Field#choices}. */
        CHOICE,
        FLAG
    }

    /**
     * What is said of a field.
     *
     * @param title name for people, such as {@code Batch size}
     * @param usual default as it would be typed; empty if there is none, or if it depends on other fields
     * @param unit such as {@code examples}; empty if there is none
     * @param range allowed values of a number; null if every number is allowed, or if the value is no number
     * @param choices allowed values of a {@link Type#CHOICE}; else empty
     * @param meaning what the value does, and why one would change it
     */
    record Facts(
            String title,
            Type type,
            String usual,
            String unit,
            @Nullable Range range,
            List<String> choices,
            String meaning) {}

    Facts facts();

    /** Returns the name in JSON. */
    String label();

    /** Returns the name for people, such as {@code Batch size}. */
    default String title() {
        return facts().title();
    }

    default Type type() {
        return facts().type();
    }

    /** Returns the unit, such as {@code examples}; empty if there is none. */
    default String unit() {
        return facts().unit();
    }

    /** Returns the allowed values of a number; null if every number is allowed, or if the value is no number. */
    default @Nullable Range range() {
        return facts().range();
    }

    /** Returns the default as it would be typed; empty if there is none, or if it depends on other fields. */
    default String usual() {
        return facts().usual();
    }

    /** Returns the allowed values of a {@link Type#CHOICE}; else empty. */
    default List<String> choices() {
        return facts().choices();
    }

    /** Returns what holds without a value, in words, if there is no default; empty if the default says it. */
    default String unset() {
        return "";
    }

    /** Returns what the value does, and why one would change it. */
    default String meaning() {
        return facts().meaning();
    }

    /** Returns whether a number is in its range. */
    default boolean allows(double value) {
        Range range = range();
        return (range == null || range.holds(value)) && (type() != Type.WHOLE || value == Math.rint(value));
    }

    /** Returns what is allowed, in words. */
    default String allowed() {
        Range range = range();
        return switch (type()) {
            case TEXT -> "a text";
            case CHOICE -> "one of " + String.join(", ", choices());
            case FLAG -> "true or false";
            case WHOLE -> range == null ? "an integer" : range.words();
            case NUMBER -> range == null ? "a number" : range.words();
            case SHARE -> range == null ? Share.ALLOWED : range.words();
        };
    }

    /** Returns the default of a number. */
    default double usualNumber() {
        return Double.parseDouble(usual());
    }

    /** Returns the default of a whole number. */
    default int usualWhole() {
        return Integer.parseInt(usual());
    }

    /** Returns the JSON name of a constant: BATCH_SIZE is batchSize. */
    static String camelCase(Enum<?> constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }
}
