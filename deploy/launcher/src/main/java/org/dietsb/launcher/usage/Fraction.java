package org.dietsb.launcher.usage;

import java.math.BigDecimal;
import picocli.CommandLine.TypeConversionException;

/** A share, written as a decimal number or as a fraction like 2/3. */
public record Fraction(double value) {

    public static Fraction parse(String text) {
        try {
            String[] parts = text.split("/", 2);
            double value = decimal(parts[0]) / (parts.length == 1 ? 1 : decimal(parts[1]));
            if (Double.isFinite(value)) {
                return new Fraction(value);
            }
        } catch (NumberFormatException notANumber) {
            throw new TypeConversionException("a number like 0.5 or a fraction like 2/3");
        }
        throw new TypeConversionException("a finite number like 0.5 or a fraction like 2/3");
    }

    private static double decimal(String text) {
        return new BigDecimal(text.strip()).doubleValue();
    }
}
