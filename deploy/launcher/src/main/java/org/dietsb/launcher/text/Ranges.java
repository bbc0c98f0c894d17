package org.dietsb.launcher.text;

import java.lang.reflect.AnnotatedElement;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Checks the options of a command against their {@link InRange} annotations. */
final class Ranges {
    private Ranges() {}

    /** Notes every option that is out of its range. */
    static void check(CommandSpec command, Mistakes mistakes) {
        for (OptionSpec option : command.options()) {
            InRange range =
                    option.userObject() instanceof AnnotatedElement field ? field.getAnnotation(InRange.class) : null;
            Object value = option.getValue();
            if (value == null) {
                continue;
            }
            Collection<?> values = value instanceof Collection<?> many ? many : List.of(value);
            if (range != null) {
                check(option.longestName(), values, range, mistakes);
            }
            FieldText.of(option)
                    .filter(field -> field.range() != null)
                    .ifPresent(field -> values.forEach(one -> mistakes.unless(
                            field.allows(((Number) one).doubleValue()), option.longestName(), one, field.allowed())));
        }
    }

    private static void check(String option, Collection<?> values, InRange range, Mistakes mistakes) {
        Interval interval = Interval.parse(range.value());
        String allowed = range.text().isEmpty() ? range.value() : range.text();
        for (Object value : values) {
            mistakes.unless(interval.contains(((Number) value).doubleValue()), option, value, allowed);
        }
    }
}
