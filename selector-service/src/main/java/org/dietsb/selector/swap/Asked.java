package org.dietsb.selector.swap;

import jakarta.ws.rs.core.Response;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.jspecify.annotations.Nullable;

/** Parts of a request, read; what cannot be read is a problem that names the part, its value and what is allowed. */
public final class Asked {
    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");
    private static final long NONE = -1;

    private Asked() {}

    static Policy policy(@Nullable String body) {
        try {
            return StrictJson.read(body, PolicyJson.class, "a policy").toPolicy();
        } catch (IllegalArgumentException invalid) {
            throw Problems.of(Response.Status.BAD_REQUEST, "Not a policy", String.valueOf(invalid.getMessage()));
        }
    }

    /** The revision that If-Match names; null where any will do. What is no revision matches none. */
    static @Nullable Long revision(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.equals("*")) {
            return null;
        }
        Matcher tag = TAG.matcher(ifMatch);
        return tag.matches() ? Long.parseLong(tag.group(1)) : NONE;
    }

    public static @Nullable Integer integer(String name, @Nullable String value) {
        return number(name, value, Integer::valueOf, "an integer");
    }

    static @Nullable Double share(String name, @Nullable String value) {
        return number(name, value, Double::valueOf, "a number, (0, 1)");
    }

    private static <N> @Nullable N number(
            String name, @Nullable String value, Function<String, N> parse, String allowed) {
        if (value == null) {
            return null;
        }
        try {
            return parse.apply(value);
        } catch (NumberFormatException none) {
            throw Problems.of(
                    Response.Status.BAD_REQUEST, "Not a number", name + " is " + value + ", allowed is " + allowed);
        }
    }
}
