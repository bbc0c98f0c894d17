package org.dietsb.launcher.text;

import java.math.BigDecimal;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number that is written as a decimal or as a fraction such as 2/3. */
public final class Fraction implements ITypeConverter<Double> {

    /**
     * Parses a decimal or a fraction.
     *
     * @throws TypeConversionException naming what is allowed, if the text is not a finite number
     */
    public static double parse(String text) {
        try {
            String[] parts = text.split("/", 2);
            double value = decimal(parts[0]) / (parts.length == 1 ? 1 : decimal(parts[1]));
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            throw new TypeConversionException("a number like 0.5 or a fraction like 2/3");
        }
        throw new TypeConversionException("a finite number like 0.5 or a fraction like 2/3");
    }

    private static double decimal(String text) {
        return new BigDecimal(text.strip()).doubleValue();
    }

    @Override
    public Double convert(String text) {
        return parse(text);
    }
}
