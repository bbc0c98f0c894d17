package org.dietsb.launcher.option;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** How much a run may spend, checked and then written as it was said. */
public record Budget(String text) {
    private static final Pattern STEPS = Pattern.compile("steps=0*[1-9][0-9]{0,17}");

    public static Budget parse(String text) {
        if (text.equals("epochs") || STEPS.matcher(text).matches() || isPasses(text)) {
            return new Budget(text);
        }
        throw new TypeConversionException("epochs, steps=N with a whole N from 1, or passes=N with N above 0");
    }

    private static boolean isPasses(String text) {
        try {
            double passes =
                    text.startsWith("passes=") ? new BigDecimal(text.substring("passes=".length())).doubleValue() : 0;
            return passes > 0 && Double.isFinite(passes);
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
