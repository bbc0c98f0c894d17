package org.dietsb.contracts.field;

import java.math.BigDecimal;

/** How messages, forms and documents write a number: as a person would, 3 rather than 3.0. */
public final class Numbers {
    private static final double SMALLEST_PLAIN = 1e-7;
    private static final double LARGEST_PLAIN = 1e15;

    private Numbers() {}

    /** Returns a number without needless zeros. */
    public static String words(double value) {
        String shortest = String.valueOf(value);
        double size = Math.abs(value);
        if (size != 0 && (size < SMALLEST_PLAIN || !(size < LARGEST_PLAIN))) {
            return shortest.replace(".0E", "E");
        }
        return Double.isFinite(value)
                ? new BigDecimal(shortest).stripTrailingZeros().toPlainString()
                : shortest;
    }

    /** Returns a number of single precision without needless zeros. */
    public static String words(float value) {
        return words(Double.parseDouble(String.valueOf(value)));
    }

    /** Returns a value of a message: a number without needless zeros, anything else as it is. */
    public static String words(Object value) {
        return value instanceof Double || value instanceof Float
                ? words(Double.parseDouble(value.toString()))
                : String.valueOf(value);
    }
}
