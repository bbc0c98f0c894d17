package org.dietsb.launcher.text;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.policy.PolicyField;
import picocli.CommandLine.Model.OptionSpec;

/** Help texts of options that set a field of an order or of a policy. */
final class FieldText {
    private FieldText() {}

    /** Returns the field that an option sets. */
    static Optional<Field> of(OptionSpec option) {
        if (!(option.userObject() instanceof AnnotatedElement annotated)) {
            return Optional.empty();
        }
        OfOrder ofOrder = annotated.getAnnotation(OfOrder.class);
        OfPolicy ofPolicy = annotated.getAnnotation(OfPolicy.class);
        return ofOrder != null
                ? Optional.of(ofOrder.value())
                : Optional.ofNullable(ofPolicy).map(OfPolicy::value);
    }

    /** Returns an option with the text of its field before its own text; the option itself if it sets no field. */
    static OptionSpec described(OptionSpec option) {
        return of(option)
                .map(field -> option.toBuilder()
                        .description(words(field, String.join(" ", option.description())))
                        .build())
                .orElse(option);
    }

    private static String words(Field field, String own) {
        List<String> parts = new ArrayList<>(List.of(field.meaning()));
        if (!own.isEmpty()) {
            parts.add(own);
        }
        String allowed = !field.choices().isEmpty()
                ? String.join(" | ", field.choices())
                : field.range() == null ? "" : field.allowed();
        if (!allowed.isEmpty()) {
            parts.add(allowed);
        }
        String usual = field instanceof PolicyField general ? general.usualWords() : field.usual();
        if (!usual.isEmpty() || !field.unset().isEmpty()) {
            parts.add("default " + (usual.isEmpty() ? field.unset() : usual));
        }
        // A percent sign begins a format.
        return String.join("; ", parts).replace("%", "%%");
    }
}
