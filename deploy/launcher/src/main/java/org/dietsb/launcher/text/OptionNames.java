package org.dietsb.launcher.text;

import java.util.Locale;
import java.util.Map;
import org.dietsb.contracts.policy.Parameter;

/** Names a service's fields as the command does: what a service refuses as {@code batchSize} is option {@code --batch-size}. */
public final class OptionNames {
    private static final Map<String, String> OTHERS = Map.of(
            "model", "--model",
            "modelFile", "--model",
            "maskTimeoutSeconds", "--mask-timeout",
            "members", "--score-members",
            "scoringEpochs", "--score-epochs",
            "kind", "--policy",
            // The command sets these itself.
            "id", "id",
            "modelChecksum", "modelChecksum",
            "initChecksum", "initChecksum");

    private OptionNames() {}

    /** Returns the option of a field, by the field's name in JSON. */
    public static String of(String field) {
        String other = OTHERS.get(field);
        if (other != null) {
            return other;
        }
        return Parameter.named(field).isPresent()
                ? "--set " + field
                : "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /**
     * Returns a message that begins with the name of a field, with the option in its place; other messages as they are.
     *
     * @param place of the field in the request, such as {@code policy.keep}
     */
    public static String in(String place, String message) {
        String field = place.substring(place.lastIndexOf('.') + 1);
        return !field.isEmpty() && message.startsWith(field + " ")
                ? of(field) + message.substring(field.length())
                : message;
    }
}
