package org.dietsb.contracts;

import java.util.regex.Pattern;

/** The name of who changes something, as histories show it: any name that people have. */
public final class PersonName {
    /** What is allowed, in words. */
    public static final String ALLOWED = "1 to 80 letters of any language, digits, spaces, apostrophes and . _ @ - ,"
            + " with a letter or digit among them";

    private static final Pattern SYNTAX =
            Pattern.compile("(?=.*[\\p{L}\\p{N}])[\\p{L}\\p{M}\\p{N} .,_@'\u2019\u00b7-]{1,80}");

    private PersonName() {}

    public static boolean isValid(String name) {
        return SYNTAX.matcher(name).matches();
    }
}
