package org.dietsb.selector.page;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.Timing;
import org.jspecify.annotations.Nullable;

/** Input of a form, by the JSON names of its fields. An empty field takes its default. */
record Typed(MultivaluedMap<String, String> fields) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> FIELDS = new TypeReference<>() {};
    static final Typed NOTHING = new Typed(new MultivaluedHashMap<>());

    /** Returns the same input, based on the given revision. */
    Typed at(long revision) {
        MultivaluedMap<String, String> changed = new MultivaluedHashMap<>();
        changed.putAll(fields);
        changed.putSingle("revision", String.valueOf(revision));
        return new Typed(changed);
    }

    /** Returns the same input, or the given policy if no kind of policy was typed. */
    Typed orElse(PolicyRevision current) {
        if (!text("kind").isEmpty()) {
            return text("revision").isEmpty() ? at(current.revision()) : this;
        }
        MultivaluedMap<String, String> of = new MultivaluedHashMap<>();
        JSON.convertValue(PolicyJson.of(current.policy()), FIELDS)
                .forEach((field, value) -> of.putSingle(field, value.replaceAll("\\.0$", "")));
        return new Typed(of).at(current.revision());
    }

    /** Returns the value of a field; empty if it is missing. */
    public String text(String field) {
        String value = fields.getFirst(field);
        return value == null ? "" : value.strip();
    }

    /**
     * Returns the policy.
     *
     * @throws IllegalArgumentException naming the field, its value and the allowed values
     */
    Policy policy() {
        String balanced = given("balanced");
        return new PolicyJson(
                        given("kind"),
                        share("keep"),
                        given("rule"),
                        integer("historySize"),
                        given("batching"),
                        given("losses"),
                        share("selectionScale"),
                        share("start"),
                        share("end"),
                        integer("interrupt"),
                        share("prePruned"),
                        given("order"),
                        balanced == null ? null : Boolean.valueOf(balanced),
                        given("scoreSet"),
                        given("of"),
                        numbers())
                .toPolicy();
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

    /** Returns the numbers of the kind that is typed; fields of another kind, which the form showed before, are left out. */
    private Map<String, Object> numbers() {
        Map<String, Object> numbers = new TreeMap<>();
        Label.parse(Policy.Kind.class, text("kind"))
                .ifPresent(kind -> kind.parameters().forEach(parameter -> {
                    Double value = share(parameter.label());
                    if (value != null) {
                        numbers.put(parameter.label(), value);
                    }
                }));
        return numbers;
    }

    private @Nullable String given(String field) {
        String text = text(field);
        return text.isEmpty() ? null : text;
    }

    private @Nullable Double share(String field) {
        return parsed(field, Double::valueOf, "a number");
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
            throw new IllegalArgumentException(field + " is " + text + ", allowed is " + allowed);
        }
    }
}
