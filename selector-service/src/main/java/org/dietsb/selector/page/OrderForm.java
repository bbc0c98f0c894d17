package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;

/**
 * The form for ordering a run.
 *
 * @param usual fields that most orders set
 * @param others fields whose default is suitable for most orders
 */
record OrderForm(List<FormField> usual, List<FormField> others, PolicyForm policy) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<OrderField> USUAL = EnumSet.of(
            OrderField.DATASET,
            OrderField.MODEL,
            OrderField.EPOCHS,
            OrderField.BATCH_SIZE,
            OrderField.LIMIT,
            OrderField.SEED);

    /**
     * Files are named by their places on the trainer's machine; who names one may leave out its checksum. A run waits for scores if its
     * form orders them.
     */
    private static final Set<OrderField> LEFT_OUT =
            EnumSet.of(OrderField.MODEL_CHECKSUM, OrderField.INIT_CHECKSUM, OrderField.WAIT_FOR_SCORES);

    private static final Set<OrderField> OTHERS = unusual();

    private static Set<OrderField> unusual() {
        Set<OrderField> others = EnumSet.complementOf(EnumSet.copyOf(USUAL));
        others.removeAll(LEFT_OUT);
        return others;
    }

    /**
     * Creates the form with the typed input.
     *
     * @param known choices that the trainer lists, by field; an empty list makes the field free text
     */
    static OrderForm of(Typed typed, PolicyForm policy, Map<String, List<String>> known) {
        return new OrderForm(fields(USUAL, typed, policy, known), fields(OTHERS, typed, policy, known), policy);
    }

    /** Returns the name of a field in the form, where fields of the policy stand beside it: a number of policies is called window too. */
    static String nameOf(OrderField field) {
        return field == OrderField.WINDOW ? "inFlight" : field.label();
    }

    /** Returns messages about fields of an order by their names in the form. */
    static Map<String, String> byName(Map<String, String> byField) {
        Map<String, String> named = new TreeMap<>();
        byField.forEach((place, message) ->
                named.put(OrderField.named(place).map(OrderForm::nameOf).orElse(place), message));
        return named;
    }

    private static List<FormField> fields(
            Set<OrderField> fields, Typed typed, PolicyForm policy, Map<String, List<String>> known) {
        return fields.stream()
                .map(field -> FormField.of(
                        nameOf(field),
                        field,
                        typed.text(nameOf(field)),
                        known.getOrDefault(field.label(), choices(field)),
                        policy.wrong()))
                .toList();
    }

    /** Returns the choices; the first is empty if the default depends on other fields. */
    private static List<String> choices(OrderField field) {
        return field.choices().isEmpty() || !field.usual().isEmpty()
                ? field.choices()
                : Stream.concat(Stream.of(""), field.choices().stream()).toList();
    }

    public List<Preset> presets() {
        return List.of(Preset.values());
    }

    /** Returns whether any of the less usual fields is invalid or differs from its default. */
    public boolean isUnusual() {
        return others.stream().anyMatch(FormField::isWrong)
                || OTHERS.stream().anyMatch(field -> {
                    String text = policy.typed().text(nameOf(field));
                    return !text.isEmpty() && !text.equals(field.usual());
                });
    }

    /**
     * Returns the order in the trainer's JSON form. Leaves out fields that were not typed.
     *
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and the allowed values
     */
    static ObjectNode order(Typed typed) {
        Violations wrong = new Violations();
        ObjectNode order = JSON.createObjectNode();
        for (OrderField field : OrderField.values()) {
            String text = typed.text(nameOf(field));
            // The form always names a model. A model file replaces it.
            boolean replaced =
                    field == OrderField.MODEL && !typed.text("modelFile").isEmpty();
            if (!text.isEmpty() && !replaced) {
                put(order, field, text, wrong);
            }
        }
        if (!typed.text("kind").isEmpty()) {
            Policy policy = wrong.orNull("policy.", typed::policy);
            if (policy != null) {
                order.set("policy", JSON.valueToTree(PolicyJson.of(policy)));
            }
        }
        wrong.orThrow();
        return order;
    }

    /** Returns whether the typed policy has a diet whose scores the order does not name: they are computed first. */
    static boolean needsScores(Typed typed) {
        boolean diet = Label.parse(PolicyKind.class, typed.text("kind"))
                .map(PolicyKind::hasDiet)
                .orElse(false);
        boolean random =
                typed.text("order").equals("random") && !typed.text("balanced").equals("true");
        return diet && !random && typed.text("scoreSet").isEmpty();
    }

    /**
     * Returns the order of the scores of the typed run's dataset, in the scorer's JSON form.
     *
     * @throws org.dietsb.contracts.RefusedException naming each wrong field of the run, its value and the allowed values
     */
    static ObjectNode scoring(Typed typed) {
        Typed scored = typed.with(Map.of("scoreSet", "to-come"));
        ObjectNode run = order(scored);
        if (scored.policy().proxy() != null) {
            throw new RefusedException(
                    "policy.scoreSet",
                    "scoreSet is empty, allowed is a score set that is there, with losses of a proxy");
        }
        ObjectNode scoring = JSON.createObjectNode();
        for (OrderField field : OrderField.values()) {
            if (field.isOfScorings() && field != OrderField.ID && run.has(field.label())) {
                scoring.set(field.label(), run.get(field.label()));
            }
        }
        return scoring;
    }

    /** Puts a value and notes a number that is none, or out of its range. */
    private static void put(ObjectNode order, OrderField field, String text, Violations wrong) {
        String name = field.label();
        try {
            switch (field.type()) {
                case TEXT, CHOICE -> order.put(name, text);
                case WHOLE -> {
                    order.put(name, Long.parseLong(text));
                    wrong.check(field, Long.parseLong(text));
                }
                case NUMBER -> {
                    order.put(name, Double.parseDouble(text));
                    wrong.check(field, Double.parseDouble(text));
                }
                case SHARE -> {
                    order.put(name, Share.parse(text));
                    wrong.check(field, Share.parse(text));
                }
                case FLAG -> order.put(name, Boolean.parseBoolean(text));
            }
        } catch (NumberFormatException none) {
            wrong.add(name, name + " is " + text + ", allowed is " + number(field));
        }
    }

    private static String number(Field field) {
        return switch (field.type()) {
            case WHOLE -> "an integer";
            case SHARE -> Share.ALLOWED;
            default -> "a number";
        };
    }
}
