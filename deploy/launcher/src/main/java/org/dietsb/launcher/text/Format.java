package org.dietsb.launcher.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Formats values independently of the user's locale. */
public final class Format {
    private Format() {}

    public static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Formats a JSON number, or returns a dash if the value is not a number. */
    public static String number(String format, JsonNode value) {
        return value.isNumber() ? text(format, value.asDouble()) : "-";
    }

    /** Formats a share as a percentage with one decimal. */
    public static String percent(double share) {
        return text("%.1f %%", 100 * share);
    }

    /** Formats with at most three decimals, without trailing zeros. */
    public static String brief(double value) {
        return text("%.3f", value).replaceAll("\\.?0+$", "");
    }

    /** Formats a number of things, such as {@code 1 epoch} or {@code 2 epochs}. */
    public static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
