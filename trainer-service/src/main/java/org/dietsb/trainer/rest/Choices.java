package org.dietsb.trainer.rest;

import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.Locale;
import org.dietsb.contracts.Bounds;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.OrderField;
import org.jspecify.annotations.Nullable;

/**
 * Checks fields that allow certain words only. A refused word is noted, and the default stands for it, so that the rest of the order is
 * checked too.
 */
record Choices(Violations wrong) {
    /** Returns the word of a field that names its choices; the default if it is missing. */
    String of(OrderField field, @Nullable String value) {
        return of(field, value, field.usual(), field.choices());
    }

    /** Returns the word of a field; the default if it is missing. */
    String of(OrderField field, @Nullable String value, String usual, List<String> allowed) {
        String word = requireNonNullElse(value, usual);
        return wrong.or(usual, () -> {
            // The choices of augment have commas.
            String words = String.join(field == OrderField.AUGMENT ? " | " : ", ", allowed);
            Bounds.require(allowed.contains(word), field.label(), word, "one of " + words);
            return word;
        });
    }

    /** Returns the constant that the word of a field names; that of the default if it is missing. */
    <E extends Enum<E>> E of(OrderField field, @Nullable String value, Class<E> constants) {
        return Enum.valueOf(constants, of(field, value).toUpperCase(Locale.ROOT));
    }
}
