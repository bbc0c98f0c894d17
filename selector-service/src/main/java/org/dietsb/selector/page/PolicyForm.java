package org.dietsb.selector.page;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dietsb.selector.swap.PolicyCatalogue;

/**
 * The policy part of a form.
 *
 * @param problem why the last submission was rejected; empty if it was not
 */
record PolicyForm(
        String kind,
        List<String> kinds,
        PolicyCatalogue.Entry entry,
        List<Field> parameters,
        Typed typed,
        String problem) {
    private static final Pattern CHOICE = Pattern.compile("[a-z]+(, [a-z]+)+");

    /**
     * A parameter.
     *
     * @param choices the allowed values, if they are an enumeration; otherwise empty
     * @param known suggested values, not exhaustive
     * @param value the typed value, or the default
     */
    record Field(String name, String allowed, String meaning, List<String> choices, List<String> known, String value) {}

    static PolicyForm of(Typed typed, List<String> scoreSets, String problem) {
        String asked = typed.text("kind");
        PolicyCatalogue.Entry entry = PolicyCatalogue.ENTRIES.stream()
                .filter(one -> one.kind().equals(asked))
                .findFirst()
                .orElse(PolicyCatalogue.ENTRIES.get(0));
        return new PolicyForm(
                entry.kind(),
                PolicyCatalogue.ENTRIES.stream()
                        .map(PolicyCatalogue.Entry::kind)
                        .toList(),
                entry,
                entry.parameters().stream()
                        .map(one -> field(one, typed, scoreSets))
                        .toList(),
                typed,
                problem);
    }

    /** Returns whether the form contains a schedule. */
    public boolean isScheduled() {
        return Stream.of("fromEpoch", "afterProgress", "untilEpoch", "forEpochs")
                .anyMatch(field -> !typed.text(field).isEmpty());
    }

    private static Field field(PolicyCatalogue.Parameter parameter, Typed typed, List<String> scoreSets) {
        String text = typed.text(parameter.name());
        boolean given = !text.isEmpty();
        boolean required = parameter.defaultValue().equals("none");
        return new Field(
                parameter.name(),
                parameter.allowed(),
                parameter.meaning(),
                CHOICE.matcher(parameter.allowed()).matches()
                        ? Arrays.asList(parameter.allowed().split(", "))
                        : List.of(),
                parameter.name().equals("scoreSet") ? scoreSets : List.of(),
                given ? text : required ? "" : parameter.defaultValue());
    }
}
