package org.dietsb.launcher.option;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

/** Which losses judge a batch, written as in JSON: {@code fresh}, {@code stale:N}, of every N-th epoch, or {@code proxy:MODEL}. */
public record Losses(String word) {
    private static final Pattern ALLOWED = Pattern.compile("fresh|stale:([1-9]\\d{0,2}|1000)|proxy:("
            + Stream.of(TrainingOptions.Model.values())
                    .map(TrainingOptions.Model::toString)
                    .collect(Collectors.joining("|"))
            + ")");

    public static Losses parse(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new TypeConversionException("fresh, stale:N, N in [1, 1000], or proxy:MODEL");
        }
        return new Losses(text);
    }

    /** Whether they are those of a proxy, which a second trainer trains. */
    boolean isOfProxy() {
        return word.startsWith("proxy:");
    }

    @Override
    public String toString() {
        return word;
    }
}
