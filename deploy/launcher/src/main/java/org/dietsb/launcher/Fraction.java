package org.dietsb.launcher;

import picocli.CommandLine.TypeConversionException;

/** A share, written as a decimal number or as a fraction like 2/3. */
record Fraction(double value) {

    static Fraction parse(String text) {
        try {
            int slash = text.indexOf('/');
            double value = slash < 0
                    ? Double.parseDouble(text)
                    : Double.parseDouble(text.substring(0, slash)) / Double.parseDouble(text.substring(slash + 1));
            if (Double.isFinite(value)) {
                return new Fraction(value);
            }
        } catch (NumberFormatException notANumber) {
            throw new TypeConversionException("'" + text + "' is not a number like 0.5 or a fraction like 2/3");
        }
        throw new TypeConversionException("'" + text + "' is not a finite number");
    }
}
