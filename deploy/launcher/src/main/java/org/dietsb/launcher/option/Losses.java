package org.dietsb.launcher.option;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** The losses by which a batch is judged, as JSON spells them: {@code fresh}, {@code stale:N} or {@code proxy:MODEL}. */
public record Losses(String word) {
    private static final Pattern ALLOWED = Pattern.compile("fresh|stale:([1-9]\\d{0,2}|1000)|proxy:("
            + Arrays.stream(Model.values()).map(Model::toString).collect(Collectors.joining("|"))
            + ")");

    public static Losses parse(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new TypeConversionException("fresh, stale:N, N in [1, 1000], or proxy:MODEL");
        }
        return new Losses(text);
    }

    /** Whether a proxy, which a second trainer trains, provides the losses. */
    boolean isOfProxy() {
        return word.startsWith("proxy:");
    }

    @Override
    public String toString() {
        return word;
    }
}
