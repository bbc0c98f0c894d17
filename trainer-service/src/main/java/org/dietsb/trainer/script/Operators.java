package org.dietsb.trainer.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The operators that a network may use: those of {@code operators.txt}, as {@code namespace::name}. */
final class Operators {
    private static final Set<String> ALLOWED = read();
    private static final Pattern IN_PLACE = Pattern.compile("aten::[a-z0-9][a-z0-9_]*[a-z0-9]_");

    private Operators() {}

    private static Set<String> read() {
        try (InputStream list = Objects.requireNonNull(Operators.class.getResourceAsStream("operators.txt"))) {
            return new String(list.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .flatMap(line -> {
                        String[] names = line.split(" ");
                        return Arrays.stream(names).skip(1).map(name -> names[0] + "::" + name);
                    })
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Whether networks need the operator. One that works in place is allowed if the other one is. */
    static boolean isAllowed(String namespace, String name) {
        String operator = namespace + "::" + name;
        return ALLOWED.contains(operator)
                || (IN_PLACE.matcher(operator).matches()
                        && ALLOWED.contains(operator.substring(0, operator.length() - 1)));
    }
}
