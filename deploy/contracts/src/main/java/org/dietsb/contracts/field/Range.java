package org.dietsb.contracts.field;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The allowed values of a number. NaN is never allowed.
 *
 * @param least lower bound
 * @param closedBelow whether the lower bound is allowed
 * @param most upper bound
 * @param closedAbove whether the upper bound is allowed
 * @param words the range as messages show it
 */
public record Range(double least, boolean closedBelow, double most, boolean closedAbove, String words) {
    private static final Pattern NOTATION = Pattern.compile("([\\[(])([^,]+), ([^\\])]+)([\\])])");

    /**
     * Returns the range of this notation.
     *
     * @param notation such as {@code (0, 1]}
     */
    public static Range of(String notation) {
        return of(notation, notation);
    }

    /**
     * Returns the range of this notation.
     *
     * @param words what messages show in its place, such as {@code 0 (never) or more}
     */
    public static Range of(String notation, String words) {
        Matcher parts = NOTATION.matcher(notation);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a range: " + notation);
        }
        return new Range(
                Double.parseDouble(parts.group(2)),
                parts.group(1).equals("["),
                Double.parseDouble(parts.group(3)),
                parts.group(4).equals("]"),
                words);
    }

    /** Returns whether a value is in the range. */
    public boolean holds(double value) {
        return (closedBelow ? value >= least : value > least) && (closedAbove ? value <= most : value < most);
    }
}
