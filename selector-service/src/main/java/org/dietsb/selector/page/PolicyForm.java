package org.dietsb.selector.page;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.swap.PolicyCatalogue;

/**
 * The policy part of a form.
 *
 * @param cost of the typed values
 * @param problem why the last submission was rejected; empty if it was not
 */
record PolicyForm(
        String kind,
        List<String> kinds,
        PolicyCatalogue.Entry entry,
        List<FormField> parameters,
        FormCost cost,
        Typed typed,
        String problem) {
    /** Field of a form that orders runs: the scores of a diet may be ordered with the run. */
    static final String ORDERS = "orders";

    static PolicyForm of(Typed typed, List<String> scoreSets, String problem) {
        String asked = typed.text("kind");
        PolicyKind kind = Label.parse(PolicyKind.class, asked).orElse(PolicyKind.BASELINE);
        PolicyCatalogue.Entry entry = PolicyCatalogue.ENTRIES.stream()
                .filter(one -> one.kind().equals(kind.label()))
                .findFirst()
                .orElseThrow();
        return new PolicyForm(
                entry.kind(),
                PolicyCatalogue.ENTRIES.stream()
                        .map(PolicyCatalogue.Entry::kind)
                        .toList(),
                entry,
                PolicyField.of(kind).stream()
                        .map(field -> field(kind, field, typed, scoreSets))
                        .toList(),
                FormCost.of(kind, entry.cost(), typed),
                typed,
                problem);
    }

    /** Returns why fields were refused, by their names. */
    Map<String, String> wrong() {
        return typed.wrong();
    }

    /** Returns whether the form orders a run. */
    public boolean isOrder() {
        return !typed.text(ORDERS).isEmpty();
    }

    /** Returns whether the form contains a schedule. */
    public boolean isScheduled() {
        return Stream.of("fromEpoch", "afterProgress", "untilEpoch", "forEpochs")
                .anyMatch(field -> !typed.text(field).isEmpty());
    }

    private static FormField field(PolicyKind kind, Field field, Typed typed, List<String> scoreSets) {
        String text = typed.text(field.label());
        boolean sets = field == PolicyField.SCORE_SET;
        PolicyField own = field instanceof PolicyField general ? general : null;
        return new FormField(
                field.label(),
                own == null ? field.title() : own.title(kind),
                field.unit(),
                field.range() == null && !FormField.isNumber(field) ? "" : field.allowed(),
                (own == null ? field.meaning() : own.meaning(kind)) + (sets ? missing(kind, typed, scoreSets) : ""),
                field.type() == Field.Type.FLAG ? List.of("false", "true") : field.choices(),
                sets ? scoreSets : List.of(),
                !text.isEmpty() ? text : own == null ? field.usual() : own.usual(kind),
                FormField.isNumber(field),
                typed.wrong().getOrDefault(field.label(), ""));
    }

    /** Returns what happens without a score set, in words. */
    private static String missing(PolicyKind kind, Typed typed, List<String> scoreSets) {
        if (kind.hasDiet() && !typed.text(ORDERS).isEmpty()) {
            return "; empty = the scoring is ordered too, and the run waits for its scores";
        }
        return scoreSets.isEmpty() ? "; none exists yet: deploy/dietsb score makes one" : "";
    }
}
