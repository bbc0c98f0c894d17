package org.dietsb.selector.door;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dietsb.contracts.field.Share;
import org.dietsb.kit.door.Refused;
import org.jspecify.annotations.Nullable;

/** Parses headers and query parameters; one that cannot be parsed is a problem that names it, its value and what is allowed. */
public final class Asked {
    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");
    private static final long NONE = -1;

    private Asked() {}

    /** Returns the revision that If-Match names; null if any will do. A tag that is no revision matches none. */
    public static @Nullable Long revision(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.equals("*")) {
            return null;
        }
        Matcher tag = TAG.matcher(ifMatch);
        return tag.matches() ? Long.parseLong(tag.group(1)) : NONE;
    }

    public static @Nullable Integer integer(String name, @Nullable String value) {
        return number(name, value, Integer::valueOf, "an integer");
    }

    public static @Nullable Double share(String name, @Nullable String value) {
        return number(name, value, Share::parse, Share.ALLOWED);
    }

    private static <N> @Nullable N number(
            String name, @Nullable String value, Function<String, N> parse, String allowed) {
        if (value == null) {
            return null;
        }
        try {
            return parse.apply(value);
        } catch (NumberFormatException none) {
            throw Refused.query("Not a number", name, name + " is " + value + ", allowed is " + allowed);
        }
    }
}
