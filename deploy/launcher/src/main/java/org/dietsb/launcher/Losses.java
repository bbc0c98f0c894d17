package org.dietsb.launcher;

import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Which losses judge a batch, written as in JSON: {@code fresh}, or {@code stale:N}, of every N-th epoch. */
record Losses(String word) {
    private static final Pattern ALLOWED = Pattern.compile("fresh|stale:([1-9]\\d{0,2}|1000)");

    static Losses parse(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new TypeConversionException("fresh or stale:N, N in [1, 1000]");
        }
        return new Losses(text);
    }

    @Override
    public String toString() {
        return word;
    }
}
