package org.dietsb.selector.page;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.Timing;
import org.jspecify.annotations.Nullable;

/**
 * Input of a form, by the JSON names of its fields. An empty field takes its default.
 *
 * @param wrong why fields were refused, by their names
 */
record Typed(MultivaluedMap<String, String> fields, Map<String, String> wrong) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
    static final Typed NOTHING = new Typed(new MultivaluedHashMap<>());

    Typed(MultivaluedMap<String, String> fields) {
        this(fields, Map.of());
    }

    /** Returns the same input, refused. */
    Typed refused(IllegalArgumentException refused) {
        return refused(RefusedException.byField(refused));
    }

    /** Returns the same input, refused; a field of a policy may have its prefix. */
    Typed refused(Map<String, String> byField) {
        Map<String, String> named = new TreeMap<>();
        byField.forEach((field, message) -> named.put(field.replaceFirst("^policy\\.", ""), message));
        return new Typed(fields, named);
    }

    /** Returns the same input with the values of a preset. */
    Typed with(Map<String, String> preset) {
        MultivaluedMap<String, String> changed = copy();
        preset.forEach(changed::putSingle);
        return new Typed(changed, wrong);
    }

    /** Returns the same input, based on the given revision. */
    Typed at(long revision) {
        return with(Map.of("revision", String.valueOf(revision)));
    }

    /** Returns the same input, or the given policy if no kind of policy was typed. */
    Typed orElse(PolicyRevision current) {
        if (!text("kind").isEmpty()) {
            return text("revision").isEmpty() ? at(current.revision()) : this;
        }
        MultivaluedMap<String, String> both = copy();
        JSON.convertValue(PolicyJson.of(current.policy()), FIELDS)
                .forEach((field, value) -> both.putSingle(field, words(value)));
        return new Typed(both, wrong).at(current.revision());
    }

    /** Returns a copy; the lists of a query cannot be changed. */
    private MultivaluedMap<String, String> copy() {
        MultivaluedMap<String, String> copy = new MultivaluedHashMap<>();
        fields.forEach((field, values) -> copy.put(field, new ArrayList<>(values)));
        return copy;
    }

    /** Returns the value of a field; empty if it is missing. */
    public String text(String field) {
        String value = fields.getFirst(field);
        return value == null ? "" : value.strip();
    }

    private static String words(Object value) {
        return value instanceof Number number ? Share.words(number.doubleValue()) : String.valueOf(value);
    }

    /**
     * Returns the policy. Fields of another kind, which the form showed before, are left out.
     *
     * @throws RefusedException naming each wrong field, its value and the allowed values
     */
    Policy policy() {
        Violations wrong = new Violations();
        PolicyKind kind = Label.parse(PolicyKind.class, text("kind")).orElse(null);
        Typed own = kind == null ? this : ofKind(kind);
        String balanced = own.given("balanced");
        PolicyJson json = new PolicyJson(
                given("kind"),
                wrong.orNull(() -> own.share("keep")),
                own.given("rule"),
                wrong.orNull(() -> own.integer("historySize")),
                own.given("batching"),
                own.given("losses"),
                wrong.orNull(() -> own.share("selectionScale")),
                wrong.orNull(() -> own.share("start")),
                wrong.orNull(() -> own.share("end")),
                wrong.orNull(() -> own.integer("interrupt")),
                wrong.orNull(() -> own.share("prePruned")),
                own.given("order"),
                balanced == null ? null : Boolean.valueOf(balanced),
                own.given("scoreSet"),
                own.given("of"),
                kind == null ? Map.of() : own.numbers(kind, wrong));
        Policy policy = wrong.orNull(json::toPolicy);
        wrong.orThrow();
        return Objects.requireNonNull(policy);
    }

    private Typed ofKind(PolicyKind kind) {
        MultivaluedMap<String, String> own = new MultivaluedHashMap<>();
        PolicyField.of(kind).forEach(field -> own.putSingle(field.label(), text(field.label())));
        return new Typed(own);
    }

    /**
     * Returns when the policy takes effect and when it ends.
     *
     * @throws IllegalArgumentException naming the field, its value and the allowed values
     */
    Timing timing() {
        return new Timing(integer("fromEpoch"), share("afterProgress"), integer("untilEpoch"), integer("forEpochs"));
    }

    /**
     * Returns the revision that the page was based on.
     *
     * @throws IllegalArgumentException naming the field, its value and the allowed values
     */
    @Nullable
    Long revision() {
        return parsed("revision", Long::valueOf, "a revision");
    }

    private Map<String, Object> numbers(PolicyKind kind, Violations wrong) {
        Map<String, Object> numbers = new TreeMap<>();
        for (Parameter parameter : kind.parameters()) {
            Double value = wrong.orNull(() -> parameter.type() == Field.Type.SHARE
                    ? share(parameter.label())
                    : parsed(parameter.label(), Double::valueOf, "a number"));
            if (value != null) {
                numbers.put(parameter.label(), value);
            }
        }
        return numbers;
    }

    private @Nullable String given(String field) {
        String text = text(field);
        return text.isEmpty() ? null : text;
    }

    private @Nullable Double share(String field) {
        return parsed(field, Share::parse, Share.ALLOWED);
    }

    private @Nullable Integer integer(String field) {
        return parsed(field, Integer::valueOf, "an integer");
    }

    private <N> @Nullable N parsed(String field, Function<String, N> parse, String allowed) {
        String text = given(field);
        if (text == null) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (NumberFormatException none) {
            throw new RefusedException(field, field + " is " + text + ", allowed is " + allowed);
        }
    }
}
