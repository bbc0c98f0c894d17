package org.dietsb.selector.page;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dietsb.selector.swap.PolicyCatalogue;

/**
 * The form of a swap.
 *
 * @param problem why the last try was refused, in words; empty if it was not
 */
record SwapForm(
        String runId,
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
     * @param choices what it may be, if that is a list of words; else empty
     * @param value as typed, or its default
     */
    record Field(String name, String allowed, String meaning, List<String> choices, String value) {}

    static SwapForm of(String runId, Typed typed, String problem) {
        String asked = typed.text("kind");
        PolicyCatalogue.Entry entry = PolicyCatalogue.ENTRIES.stream()
                .filter(one -> one.kind().equals(asked))
                .findFirst()
                .orElse(PolicyCatalogue.ENTRIES.get(0));
        return new SwapForm(
                runId,
                entry.kind(),
                PolicyCatalogue.ENTRIES.stream()
                        .map(PolicyCatalogue.Entry::kind)
                        .toList(),
                entry,
                entry.parameters().stream().map(one -> field(one, typed)).toList(),
                typed,
                problem);
    }

    /** Whether a schedule was typed. */
    public boolean isScheduled() {
        return Stream.of("fromEpoch", "afterProgress", "untilEpoch", "forEpochs")
                .anyMatch(field -> !typed.text(field).isEmpty());
    }

    private static Field field(PolicyCatalogue.Parameter parameter, Typed typed) {
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
                given ? text : required ? "" : parameter.defaultValue());
    }
}
