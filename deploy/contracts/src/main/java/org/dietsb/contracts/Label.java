package org.dietsb.contracts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Enum constants as JSON and the command line spell them, e.g. {@code diet-selective}. */
public final class Label {
    private Label() {}

    /** Returns the label of a constant. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the labels of all constants, separated by commas. */
    public static String all(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Label::of).collect(Collectors.joining(", "));
    }

    /** Returns the constant with this label. */
    public static <E extends Enum<E>> Optional<E> parse(Class<E> type, String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> of(constant).equals(label))
                .findFirst();
    }
}
