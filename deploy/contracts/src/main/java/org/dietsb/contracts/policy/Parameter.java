package org.dietsb.contracts.policy;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.Range;

/**
 * A number that only some kinds of policy have. Messages leave out a number at its default, so a default never changes; JSON and the
 * command line name it by its label.
 */
public enum Parameter implements Field {
    DRAW(
            "Share that is drawn",
            Type.SHARE,
            Range.of("(0, 1]"),
            .75,
            "share of all examples that is drawn at random, of which the highest losses are kept; below keep it counts as keep"),
    TAU(
            "Easy from",
            Type.SHARE,
            Range.of("(0, 1]"),
            .3,
            "an example is easy if the model gives its class this probability or more"),
    GAMMA(
            "Shrinking",
            Type.SHARE,
            Range.of("(0, 1]"),
            1,
            "share of the examples of an epoch that the next may train at most; 1 = no bound"),
    RECHECK(
            "Recheck every",
            Type.WHOLE,
            "epochs",
            Range.of("[1, 1000]", "[1, 1000], a whole number"),
            5,
            "an easy example is trained again in one epoch of so many"),
    DROP(
            "Share left out at random",
            Type.SHARE,
            Range.of("[0, 0.99]"),
            .1,
            "share of all examples that an epoch leaves out at random"),
    GROUPS(
            "Groups",
            Type.WHOLE,
            Range.of("[1, 100]", "[1, 100], a whole number"),
            5,
            "number of groups of like losses that the others fall into"),
    DELTA(
            "Least bend",
            Type.NUMBER,
            Range.of("(0, 10]"),
            .001,
            "an example is left out while the mean size of the last 3 second differences of its loss is below this"),
    CAP(
            "Largest weight",
            Type.NUMBER,
            Range.of("[1, 100000]"),
            100_000,
            "largest weight of an example in the loss; 100000 = no bound"),
    SMOOTHING(
            "Smoothing",
            Type.SHARE,
            Range.of("[0, 0.99]"),
            .9,
            "share of an example's score that the mean loss of a step leaves as it was"),
    BETA(
            "Evenness",
            Type.NUMBER,
            Range.of("(0, 1000]"),
            1,
            "within its class an example is drawn in proportion to exp(loss / beta): the lower, the more a high loss counts"),
    WINDOW(
            "Share of the groups",
            Type.SHARE,
            Range.of("(0, 1]"),
            .9,
            "share of the groups that an epoch trains, from easy to hard");

    @SuppressWarnings("ImmutableEnumChecker") // A record of what does not change.
    private final Facts facts;

    Parameter(String title, Type type, Range range, double usual, String meaning) {
        this(title, type, "", range, usual, meaning);
    }

    Parameter(String title, Type type, String unit, Range range, double usual, String meaning) {
        facts = new Facts(title, type, number(usual), unit, range, List.of(), meaning);
    }

    /** Returns the name that JSON, messages and the command line use. */
    @Override
    public String label() {
        return Label.of(this);
    }

    @Override
    public Facts facts() {
        return facts;
    }

    /** Returns the parameter with this label. */
    public static Optional<Parameter> named(String label) {
        return Label.parse(Parameter.class, label);
    }

    /** Returns a number without the digits that say nothing. */
    public static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    /**
     * Returns the numbers of a policy of this kind: those that are given, the others at their defaults.
     *
     * @param wrong takes those that are out of their range, or of another kind
     */
    static Map<Parameter, Double> complete(PolicyKind kind, Map<Parameter, Double> given, Violations wrong) {
        Map<Parameter, Double> all = new EnumMap<>(Parameter.class);
        kind.parameters().forEach(parameter -> all.put(parameter, parameter.usualNumber()));
        given.forEach((parameter, value) -> {
            boolean own = all.containsKey(parameter);
            wrong.require(own, parameter.label(), value, "none for " + kind);
            wrong.require(!own || parameter.allows(value), parameter.label(), value, parameter.allowed());
            all.put(parameter, value);
        });
        return Collections.unmodifiableMap(all);
    }

    /** Returns the labels of all parameters, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(Parameter::label).collect(Collectors.joining(", "));
    }
}
