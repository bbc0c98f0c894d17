package org.dietsb.launcher.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An interval of numbers.
 *
 * @param low lower bound
 * @param closedBelow whether the interval includes its lower bound
 * @param high upper bound
 * @param closedAbove whether the interval includes its upper bound
 */
public record Interval(double low, boolean closedBelow, double high, boolean closedAbove) {
    private static final Pattern NOTATION = Pattern.compile("([\\[(])([^,]+),([^\\])]+)([\\])])");

    /**
     * Parses an interval such as {@code (0, 1]} or {@code [1/4, 1]}.
     *
     * @param notation the interval; text after it is ignored
     */
    public static Interval parse(String notation) {
        Matcher parts = NOTATION.matcher(notation);
        if (!parts.lookingAt()) {
            throw new IllegalArgumentException("not an interval: " + notation);
        }
        return new Interval(
                Fraction.parse(parts.group(2)),
                parts.group(1).equals("["),
                Fraction.parse(parts.group(3)),
                parts.group(4).equals("]"));
    }

    /** Whether a value lies in the interval; NaN does not. */
    public boolean contains(double value) {
        return (closedBelow ? value >= low : value > low) && (closedAbove ? value <= high : value < high);
    }
}
