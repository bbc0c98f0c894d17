package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Json;
import picocli.CommandLine.TypeConversionException;

/**
 * A policy in one word, such as {@code selective,keep=1/2,losses=stale:2}: its kind, and its parameters with the names of the options.
 *
 * @param text as it was given
 * @param json for the REST interfaces
 */
public record PolicyText(String text, ObjectNode json) {

    /**
     * Parses one.
     *
     * @throws TypeConversionException naming what is wrong and what is allowed
     */
    public static PolicyText parse(String text) {
        String[] parts = text.split(",", -1);
        ObjectNode json = Json.object().put("kind", parts[0].strip().toLowerCase(Locale.ROOT));
        for (String part : List.of(parts).subList(1, parts.length)) {
            String[] pair = part.split("=", 2);
            if (pair.length < 2 || pair[0].isBlank() || pair[1].isBlank()) {
                throw new TypeConversionException("KIND[,NAME=VALUE..], such as selective,keep=1/2");
            }
            put(json, field(pair[0].strip()), pair[1].strip());
        }
        try {
            var unused = StrictJson.read(json.toString(), PolicyJson.class, "a policy")
                    .toPolicy();
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException("KIND[,NAME=VALUE..], but " + wrong.getMessage());
        }
        return new PolicyText(text, json);
    }

    /** Returns the JSON name of an option: pre-pruned is prePruned. */
    private static String field(String name) {
        List<String> words = new ArrayList<>(List.of(name.split("-")));
        words.subList(1, words.size())
                .replaceAll(word ->
                        word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        return String.join("", words);
    }

    private static void put(ObjectNode json, String field, String value) {
        if (value.equals("true") || value.equals("false")) {
            json.put(field, Boolean.parseBoolean(value));
            return;
        }
        try {
            double number = Fraction.parse(value);
            if (number == Math.rint(number) && Math.abs(number) < Integer.MAX_VALUE) {
                json.put(field, (int) number);
            } else {
                json.put(field, number);
            }
        } catch (TypeConversionException word) {
            json.put(field, value);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
