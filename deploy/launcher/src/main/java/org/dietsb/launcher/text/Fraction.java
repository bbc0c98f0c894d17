package org.dietsb.launcher.text;

import org.dietsb.contracts.field.Share;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number that is written as a decimal, as a fraction such as 2/3, or as a percentage. */
public final class Fraction implements ITypeConverter<Double> {

    /**
     * Parses a number, a fraction or a percentage.
     *
     * @throws TypeConversionException naming what is allowed, if the text is not a finite number
     */
    public static double parse(String text) {
        try {
            return Share.parse(text);
        } catch (NumberFormatException notANumber) {
            throw new TypeConversionException(Share.ALLOWED);
        }
    }

    @Override
    public Double convert(String text) {
        return parse(text);
    }
}
