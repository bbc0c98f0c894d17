package org.dietsb.selector.page;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dietsb.contracts.field.Field;

/**
 * A field of a form as shown.
 *
 * @param name as in JSON
 * @param title in words for people
 * @param unit empty if there is none
 * @param allowed the range of a number; else empty
 * @param meaning what it does, and why one would change it
 * @param choices the allowed values, if they are an enumeration; otherwise empty
 * @param known suggested values, not exhaustive
 * @param value the typed value, or the default
 * @param numeric whether it is a number
 * @param problem why the value was refused; empty if it was not
 */
record FormField(
        String name,
        String title,
        String unit,
        String allowed,
        String meaning,
        List<String> choices,
        List<String> known,
        String value,
        boolean numeric,
        String problem) {

    /**
     * Creates a field; a title that ends with its unit says it once.
     */
    FormField {
        if (title.toLowerCase(Locale.ROOT).contains(unit)) {
            unit = "";
        }
        // A service names the field as JSON does.
        if (problem.startsWith(name + " ")) {
            problem = title + problem.substring(name.length());
        }
    }

    /**
     * Returns a field of an order.
     *
     * @param name of the field in the form
     * @param typed the typed value; empty = the default
     * @param wrong messages of refused fields
     */
    static FormField of(String name, Field field, String typed, List<String> choices, Map<String, String> wrong) {
        String message = wrong.getOrDefault(name, "");
        return new FormField(
                name,
                field.title(),
                field.unit(),
                field.range() == null ? "" : field.allowed(),
                field.meaning() + (field.unset().isEmpty() ? "" : "; empty = " + field.unset()),
                choices,
                List.of(),
                typed.isEmpty() ? field.usual() : typed,
                isNumber(field),
                message.replaceFirst("^" + field.label() + " ", name + " "));
    }

    static boolean isNumber(Field field) {
        return switch (field.type()) {
            case WHOLE, NUMBER, SHARE -> true;
            case TEXT, CHOICE, FLAG -> false;
        };
    }

    public boolean isWrong() {
        return !problem.isEmpty();
    }
}
