package org.dietsb.launcher.order;

/** A share as users write it: 0.5, 1 or 2/3. */
public final class Share {
    private Share() {}

    /** The number that was written, in no particular range. */
    public static double parse(String field, String text) {
        try {
            int slash = text.indexOf('/');
            double value = slash < 0
                    ? Double.parseDouble(text)
                    : Double.parseDouble(text.substring(0, slash)) / Double.parseDouble(text.substring(slash + 1));
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw Refusal.of(field, text, "a number or a fraction like 2/3");
    }
}
