package org.dietsb.contracts;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says which values are refused: all of them, each at its field. The message is one line. */
public final class RefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /** Creates one for these violations, of which there is at least one. */
    public RefusedException(List<Violation> violations) {
        super(violations.stream().map(Violation::message).distinct().collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    /** Creates one for a field. */
    public RefusedException(String field, String message) {
        this(List.of(new Violation(field, message)));
    }

    /** Returns every value that is refused; empty if the exception names no field. */
    public static List<Violation> violations(IllegalArgumentException refused) {
        return refused instanceof RefusedException named ? named.violations : List.of();
    }

    /** Returns why each field is refused; empty if the exception names no field. */
    public static Map<String, String> byField(IllegalArgumentException refused) {
        Map<String, String> reasons = new LinkedHashMap<>();
        violations(refused).stream()
                .filter(one -> !one.field().isEmpty())
                .forEach(one -> reasons.merge(one.field(), one.message(), (first, then) -> first + "; " + then));
        return Collections.unmodifiableMap(reasons);
    }
}
