package org.dietsb.selector.page;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.run.Ordered;
import org.dietsb.selector.run.RunSheet;

/**
 * The order of a run, to be sent again under a new name.
 *
 * @param query of the order form, filled with this order
 * @param curl a command that sends it to the trainer
 * @param command the same as a {@code dietsb} command
 */
record OrderAgain(String query, String curl, String command) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
    /** Fields of policies that may be written as fractions. */
    private static final Set<String> SHARES = Stream.<Field>concat(
                    Arrays.stream(PolicyField.values()), Arrays.stream(Parameter.values()))
            .filter(field -> field.type() == Field.Type.SHARE)
            .map(Field::label)
            .collect(Collectors.toUnmodifiableSet());

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._,/=@:+-]+");

    /** A setting: its name in JSON and in the form, its option, and its value: a string, a number or a list of strings. */
    private record Given(String name, String option, Object value) {
        String text() {
            return number(value);
        }
    }

    /**
     * Returns the order of a run; empty if the run was not ordered by itself, or by a later version. A score set that is not there is
     * left out of the form and the command, which order it anew; the request waits for it.
     *
     * @param isThere whether a score set is there
     */
    static Optional<OrderAgain> of(RunSheet run, URI trainer, Predicate<String> isThere) {
        if (RunFilter.isHelper(run) || run.foreign() || !run.isPolicyKnown() || !run.firstPolicyKnown()) {
            return Optional.empty();
        }
        List<Given> fields = fields(run);
        Policy policy = run.firstPolicy();
        boolean toCome = policy.namesScoreSet() && !isThere.test(String.valueOf(policy.scoreSet()));
        Map<String, Object> parameters = policy(run);
        if (toCome) {
            parameters.remove(PolicyField.SCORE_SET.label());
        }
        return Optional.of(new OrderAgain(
                query(parameters, fields), curl(run, fields, trainer, toCome), command(parameters, fields)));
    }

    private static List<Given> fields(RunSheet run) {
        Ordered order = run.ordered();
        List<Given> fields = new ArrayList<>();
        fields.add(new Given("dataset", "--dataset", order.dataset()));
        addIf(!order.dataDir().isEmpty(), fields, "dataDir", "--data-dir", order.dataDir());
        addIf(order.limit() != 0, fields, "limit", "--limit", order.limit());
        addIf(order.imageSize() != 0, fields, "imageSize", "--image-size", order.imageSize());
        addIf(order.onBadPicture().equals("skip"), fields, "onBadPicture", "--on-bad-picture", "skip");
        if (order.modelFile().isEmpty()) {
            fields.add(new Given("model", "--model", run.model()));
        } else {
            fields.add(new Given("modelFile", "--model", order.modelFile()));
        }
        addIf(!order.init().isEmpty(), fields, "init", "--init", order.init());
        fields.add(new Given("seed", "--seed", run.seed()));
        fields.add(new Given("epochs", "--epochs", order.epochs()));
        addIf(!order.budget().equals("epochs"), fields, "budget", "--budget", order.budget());
        fields.add(new Given("batchSize", "--batch-size", run.batchSize()));
        fields.add(new Given("learningRate", "--learning-rate", order.learningRate()));
        fields.add(new Given("schedule", "--schedule", order.schedule()));
        addIf(order.warmupEpochs() != 0, fields, "warmupEpochs", "--warmup-epochs", order.warmupEpochs());
        fields.add(new Given("momentum", "--momentum", order.momentum()));
        fields.add(new Given("weightDecay", "--weight-decay", order.weightDecay()));
        fields.add(new Given("augment", "--augment", order.augment()));
        addIf(order.window() != 4, fields, "window", "--window", order.window());
        addIf(order.evaluateEvery() != 1, fields, "evaluateEvery", "--evaluate-every", order.evaluateEvery());
        Double stop = order.stopAtAccuracy();
        if (stop != null) {
            fields.add(new Given("stopAtAccuracy", "--stop-at-accuracy", stop));
        }
        addIf(order.checkpointEvery() != 0, fields, "checkpointEvery", "--checkpoint-every", order.checkpointEvery());
        addIf(
                order.maskTimeoutSeconds() != 30,
                fields,
                "maskTimeoutSeconds",
                "--mask-timeout",
                order.maskTimeoutSeconds());
        addIf(!order.onTimeout().equals("whole"), fields, "onTimeout", "--on-timeout", order.onTimeout());
        addIf(!order.tags().isEmpty(), fields, "tags", "--tag", order.tags());
        return fields;
    }

    private static void addIf(boolean given, List<Given> fields, String name, String option, Object value) {
        if (given) {
            fields.add(new Given(name, option, value));
        }
    }

    private static Map<String, Object> policy(RunSheet run) {
        return JSON.convertValue(PolicyJson.of(run.firstPolicy()), FIELDS);
    }

    private static String query(Map<String, Object> policy, List<Given> fields) {
        List<String> pairs = new ArrayList<>();
        fields.forEach(field ->
                pairs.add(OrderField.named(field.name).map(OrderForm::nameOf).orElse(field.name) + "="
                        + Trainer.encoded(field.text())));
        policy.forEach((name, value) -> pairs.add(name + "=" + Trainer.encoded(words(name, value))));
        return String.join("&", pairs);
    }

    private static String curl(RunSheet run, List<Given> fields, URI trainer, boolean toCome) {
        ObjectNode order = JSON.createObjectNode();
        fields.forEach(field -> order.putPOJO(field.name, field.value));
        order.set("policy", json(PolicyJson.of(run.firstPolicy())));
        if (toCome) {
            order.put(OrderField.WAIT_FOR_SCORES.label(), true);
        }
        return "curl -X POST " + quoted(trainer.resolve("/runs").toString())
                + " \\\n  -H \"Authorization: Bearer $DIETSB_TOKEN\" \\\n  -H 'Content-Type: application/json' \\\n  -d "
                + quoted(order.toString());
    }

    private static String command(Map<String, Object> policy, List<Given> fields) {
        List<String> words = new ArrayList<>(List.of("deploy/dietsb train"));
        policy.forEach((name, value) -> option(name, value).ifPresent(words::add));
        fields.forEach(field -> words.add(field.option + " " + quoted(field.text())));
        return String.join(" ", words);
    }

    /** Returns the option of a policy's parameter; empty if there is none, as of a switch that is off. */
    private static Optional<String> option(String name, Object value) {
        if (value instanceof Boolean on) {
            return on ? Optional.of(name(name)) : Optional.empty();
        }
        String text = words(name, value);
        if (name.equals("kind")) {
            return Optional.of("--policy " + text);
        }
        return Optional.of(
                Parameter.named(name).isPresent() ? "--set " + name + "=" + text : name(name) + " " + quoted(text));
    }

    /** Returns an option by its name in JSON. */
    private static String name(String json) {
        return "--"
                + json.chars()
                        .mapToObj(c -> Character.isUpperCase(c) ? "-" + (char) Character.toLowerCase(c) : "" + (char) c)
                        .collect(Collectors.joining());
    }

    /** Returns the options of a policy, without its kind. */
    static List<String> options(Policy policy) {
        Map<String, Object> parameters = JSON.convertValue(PolicyJson.of(policy), FIELDS);
        parameters.remove("kind");
        List<String> options = new ArrayList<>();
        parameters.forEach((name, value) -> option(name, value).ifPresent(options::add));
        return options;
    }

    /** Returns a policy in JSON; a share that is a fraction and no short decimal is a string. */
    static ObjectNode json(PolicyJson policy) {
        ObjectNode json = JSON.valueToTree(policy);
        JSON.convertValue(policy, FIELDS).forEach((name, value) -> {
            String words = words(name, value);
            if (value instanceof Double && words.contains("/")) {
                json.put(name, words);
            }
        });
        return json;
    }

    /** Returns the value of a policy's field as people write it, which reads back to the same value. */
    static String words(String name, Object value) {
        return SHARES.contains(name) && value instanceof Double number ? Share.words(number) : number(value);
    }

    private static String number(Object value) {
        if (value instanceof List<?> words) {
            return words.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value instanceof Double number ? Words.plain(number) : String.valueOf(value);
    }

    /** Returns a word of a POSIX shell. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
