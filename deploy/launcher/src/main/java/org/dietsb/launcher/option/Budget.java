package org.dietsb.launcher.option;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** The budget of a run, validated and passed on as written. */
public record Budget(String text) {
    private static final Pattern STEPS = Pattern.compile("steps=0*[1-9][0-9]{0,17}");
    private static final String PASSES = "passes=";

    public static Budget parse(String text) {
        if (text.equals("epochs") || STEPS.matcher(text).matches() || isPasses(text)) {
            return new Budget(text);
        }
        throw new TypeConversionException("epochs, steps=N with a whole N from 1, or passes=N with N above 0");
    }

    private static boolean isPasses(String text) {
        try {
            double passes = text.startsWith(PASSES) ? new BigDecimal(text.substring(PASSES.length())).doubleValue() : 0;
            return passes > 0 && Double.isFinite(passes);
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    public boolean isEpochs() {
        return text.equals("epochs");
    }
}
