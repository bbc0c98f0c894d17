package org.dietsb.launcher.text;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import org.dietsb.contracts.policy.Parameter;

/** Names a service's fields as the command does: what a service refuses as {@code batchSize} is option {@code --batch-size}. */
public final class OptionNames {
    private static final String OF_POLICY = "policy.";
    private static final Map<String, String> OTHERS = Map.ofEntries(
            entry("modelFile", "--model"),
            entry("maskTimeoutSeconds", "--mask-timeout"),
            entry("tags", "--tag"),
            entry("members", "--score-members"),
            entry("scoringEpochs", "--score-epochs"),
            entry("kind", "--policy"),
            // The command sets these itself.
            entry("id", "id"),
            entry("modelChecksum", "modelChecksum"),
            entry("initChecksum", "initChecksum"));

    private OptionNames() {}

    /**
     * Returns the option of a field.
     *
     * @param place of the field in the request, such as {@code policy.keep}; a number of a policy may have the name of another field
     */
    public static String of(String place) {
        String field = name(place);
        String other = OTHERS.get(field);
        if (other != null) {
            return other;
        }
        return place.startsWith(OF_POLICY) && Parameter.named(field).isPresent()
                ? "--set " + field
                : "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String name(String place) {
        return place.substring(place.lastIndexOf('.') + 1);
    }

    /**
     * Returns a message that begins with the name of a field, with the option in its place; other messages as they are.
     *
     * @param place of the field in the request, such as {@code policy.keep}
     */
    public static String in(String place, String message) {
        String field = name(place);
        return !field.isEmpty() && message.startsWith(field + " ")
                ? of(place) + message.substring(field.length())
                : message;
    }
}
