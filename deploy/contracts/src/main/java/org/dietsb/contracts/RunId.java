package org.dietsb.contracts;

import java.util.regex.Pattern;

/** The syntax of run ids, which also holds for score sets and scorings: an id names a folder and is a key of topics. */
public final class RunId {
    /** The syntax as a regular expression. */
    public static final String SYNTAX = "[a-z0-9][a-z0-9.-]{0,79}";

    private static final Pattern PATTERN = Pattern.compile(SYNTAX);

    private RunId() {}

    public static boolean isValid(String id) {
        return PATTERN.matcher(id).matches();
    }

    /**
     * Throws if an id is malformed.
     *
     * @param field the name of the id in the message
     * @throws IllegalArgumentException naming the field, its value and the syntax
     */
    public static void check(String field, String id) {
        Bounds.require(isValid(id), field, id, SYNTAX);
    }
}
