package org.dietsb.contracts.policy;

import static org.dietsb.contracts.Bounds.require;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;

/**
 * A number that only some kinds of policy have. Messages leave out a number at its default, so a default never changes; JSON and the
 * command line name it by its label.
 */
public enum Parameter {
    DRAW(
            Range.share(0, false),
            .75,
            "share of all examples that is drawn at random, of which the highest losses are kept; below keep it counts as keep"),
    TAU(Range.share(0, false), .3, "an example is easy if the model gives its class this probability or more"),
    GAMMA(Range.share(0, false), 1, "share of the examples of an epoch that the next may train at most; 1 = no bound"),
    RECHECK(new Range(1, true, 1_000, true), 5, "an easy example is trained again in one epoch of so many"),
    DROP(new Range(0, true, .99, false), .1, "share of all examples that an epoch leaves out at random"),
    GROUPS(new Range(1, true, 100, true), 5, "number of groups of like losses that the others fall into"),
    DELTA(
            new Range(0, false, 10, false),
            .001,
            "an example is left out while the mean size of the last 3 second differences of its loss is below this"),
    CAP(new Range(1, true, 100_000, false), 100_000, "largest weight of an example in the loss; 100000 = no bound"),
    SMOOTHING(
            new Range(0, true, .99, false),
            .9,
            "share of an example's score that the mean loss of a step leaves as it was"),
    BETA(
            new Range(0, false, 1_000, false),
            1,
            "within its class an example is drawn in proportion to exp(loss / beta): the lower, the more a high loss counts"),
    WINDOW(Range.share(0, false), .9, "share of the groups that an epoch trains, from easy to hard");

    @SuppressWarnings("ImmutableEnumChecker") // A record of primitives.
    private final Range range;

    private final double usual;
    private final String meaning;

    /** The allowed values: [least, most], or (least, most] if least is not included; whole numbers only if so. */
    private record Range(double least, boolean included, double most, boolean whole) {
        static Range share(double least, boolean included) {
            return new Range(least, included, 1, false);
        }

        boolean holds(double value) {
            return (included ? value >= least : value > least)
                    && value <= most
                    && (!whole || value == Math.rint(value));
        }

        String words() {
            return (included ? "[" : "(") + number(least) + ", " + number(most) + "]"
                    + (whole ? ", a whole number" : "");
        }
    }

    Parameter(Range range, double usual, String meaning) {
        this.range = range;
        this.usual = usual;
        this.meaning = meaning;
    }

    /** Returns the name that JSON, messages and the command line use. */
    public String label() {
        return Label.of(this);
    }

    /** Returns the value of a policy that does not say. */
    public double usual() {
        return usual;
    }

    /** Returns whether a value is in its range. */
    public boolean allows(double value) {
        return range.holds(value);
    }

    /** Returns the allowed values, in words. */
    public String allowed() {
        return range.words();
    }

    /** Returns what it stands for, in a sentence. */
    public String meaning() {
        return meaning;
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
     * @throws IllegalArgumentException if a given one is out of its range, or of another kind
     */
    static Map<Parameter, Double> complete(Policy.Kind kind, Map<Parameter, Double> given) {
        Map<Parameter, Double> all = new EnumMap<>(Parameter.class);
        kind.parameters().forEach(parameter -> all.put(parameter, parameter.usual));
        given.forEach((parameter, value) -> {
            require(all.containsKey(parameter), parameter.label(), value, "none for " + kind);
            require(parameter.allows(value), parameter.label(), value, parameter.allowed());
            all.put(parameter, value);
        });
        return Collections.unmodifiableMap(all);
    }

    /** Returns the labels of all parameters, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(Parameter::label).collect(Collectors.joining(", "));
    }
}
