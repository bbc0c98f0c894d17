package org.dietsb.contracts.policy;

import static org.dietsb.contracts.Bounds.require;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.Share;
import org.jspecify.annotations.Nullable;

/**
 * A policy as JSON, the same everywhere in this system. A missing field has its default.
 *
 * @param numbers values of {@link Parameter}s by their labels, which are keys of the policy's object beside the others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyJson(
        @Nullable String kind,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double keep,

        @Nullable String rule,
        @Nullable Integer historySize,
        @Nullable String batching,
        @Nullable String losses,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double selectionScale,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double start,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double end,

        @Nullable Integer interrupt,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double prePruned,

        @Nullable String order,
        @Nullable Boolean balanced,
        @Nullable String scoreSet,
        @Nullable String of,
        @JsonAnySetter @JsonAnyGetter Map<String, Object> numbers) {

    private static final List<String> KEYS = Stream.concat(
                    Arrays.stream(PolicyJson.class.getRecordComponents())
                            .map(RecordComponent::getName)
                            .filter(name -> !name.equals("numbers")),
                    Arrays.stream(Parameter.values()).map(Parameter::label))
            .sorted()
            .toList();
    private static final String PROXY = "proxy:";
    private static final Pattern STALE = Pattern.compile("stale:(\\d{1,9})");

    /**
     * Checks that every further key is a parameter of a kind.
     *
     * @throws StrictJson.UnknownKeyException if one is not
     */
    public PolicyJson {
        numbers = numbers == null ? Map.of() : new TreeMap<>(numbers);
        for (String key : numbers.keySet()) {
            if (Parameter.named(key).isEmpty()) {
                throw new StrictJson.UnknownKeyException(key, KEYS);
            }
        }
    }

    /** Returns the JSON of a policy; a field that its kind does not use is missing. */
    public static PolicyJson of(Policy policy) {
        boolean selects = policy.kind().selects();
        boolean byLoss = policy.kind().byLoss();
        boolean prunes = policy.kind().prunes();
        boolean diet = policy.kind().hasDiet();
        return new PolicyJson(
                policy.kind().label(),
                policy.kind().hasKeep() ? policy.keep() : null,
                policy.kind().hasRule() ? Label.of(policy.rule()) : null,
                policy.kind().hasRule() && policy.rule() == Policy.Rule.PERCENTILE ? policy.historySize() : null,
                selects ? Label.of(policy.batching()) : null,
                byLoss ? losses(policy) : null,
                byLoss ? policy.selectionScale() : null,
                prunes ? policy.start() : null,
                prunes ? policy.end() : null,
                selects ? policy.interrupt() : null,
                diet ? policy.prePruned() : null,
                diet ? Label.of(policy.order()) : null,
                diet ? policy.balanced() : null,
                policy.scoreSet(),
                policy.of(),
                policy.numbers().entrySet().stream()
                        .collect(Collectors.toMap(number -> number.getKey().label(), Map.Entry::getValue)));
    }

    /**
     * Returns the policy of a body, checked.
     *
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    public static Policy read(@Nullable String body) {
        Violations wrong = new Violations();
        PolicyJson json = StrictJson.read(body, PolicyJson.class, "a policy", wrong);
        Policy policy = wrong.orNull(json::toPolicy);
        wrong.orThrow();
        return Objects.requireNonNull(policy);
    }

    /**
     * Returns the policy, checked.
     *
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    public Policy toPolicy() {
        Violations wrong = new Violations();
        PolicyKind named = wrong.orNull(() -> {
            require(kind != null, "kind", "missing", "one of " + Label.all(PolicyKind.class));
            return one(PolicyKind.class, "kind", String.valueOf(kind));
        });
        // A kind that is not known says nothing about the other fields.
        PolicyBuilder policy = Policy.ofKind(named == null ? PolicyKind.BASELINE : named)
                .scoreSet(scoreSet)
                .of(of);
        ifGiven(keep, policy::keep);
        ifGiven(rule, label -> wrong.or(policy, () -> policy.rule(one(Policy.Rule.class, "rule", label))));
        ifGiven(historySize, policy::historySize);
        ifGiven(
                batching,
                label -> wrong.or(policy, () -> policy.batching(one(Policy.Batching.class, "batching", label))));
        ifGiven(losses, text -> wrong.or(policy, () -> losses(policy, text)));
        ifGiven(selectionScale, policy::selectionScale);
        ifGiven(start, policy::start);
        ifGiven(end, policy::end);
        ifGiven(interrupt, policy::interrupt);
        ifGiven(prePruned, policy::prePruned);
        ifGiven(order, label -> wrong.or(policy, () -> policy.order(one(Policy.DietOrder.class, "order", label))));
        ifGiven(balanced, policy::balanced);
        numbers.forEach((key, value) -> Parameter.named(key)
                .ifPresent(parameter -> wrong.or(policy, () -> policy.set(parameter, number(parameter, value)))));
        Policy built = named == null ? null : wrong.orNull(policy::build);
        wrong.orThrow();
        return Objects.requireNonNull(built);
    }

    private static double number(Parameter parameter, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        boolean share = parameter.type() == Field.Type.SHARE;
        String allowed = share ? Share.ALLOWED : "a number";
        require(share && value instanceof String, parameter.label(), String.valueOf(value), allowed);
        try {
            return Share.parse((String) value);
        } catch (NumberFormatException none) {
            throw new RefusedException(
                    parameter.label(), parameter.label() + " is " + value + ", allowed is " + allowed);
        }
    }

    private static String losses(Policy policy) {
        if (policy.proxy() != null) {
            return PROXY + policy.proxy();
        }
        return policy.lossesEvery() == 1 ? "fresh" : "stale:" + policy.lossesEvery();
    }

    private static PolicyBuilder losses(PolicyBuilder policy, String text) {
        Matcher stale = STALE.matcher(text);
        if (text.startsWith(PROXY)) {
            return policy.proxy(text.substring(PROXY.length()));
        }
        if (stale.matches()) {
            return policy.lossesEvery(Integer.parseInt(stale.group(1)));
        }
        require(text.equals("fresh"), "losses", text, PolicyField.LOSSES.allowed());
        return policy;
    }

    private static <T> void ifGiven(@Nullable T value, Consumer<T> set) {
        if (value != null) {
            set.accept(value);
        }
    }

    private static <E extends Enum<E>> E one(Class<E> type, String field, String label) {
        return Label.parse(type, label)
                .orElseThrow(() ->
                        new RefusedException(field, field + " is " + label + ", allowed is one of " + Label.all(type)));
    }
}
