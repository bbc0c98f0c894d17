package org.dietsb.selector.page;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.swap.Timing;
import org.jspecify.annotations.Nullable;

/**
 * What a button of a run's page does, as commands.
 *
 * @param command a {@code dietsb} command
 * @param curl a request to the service
 * @param problem why there are none; empty if there are
 */
record Commands(String command, String curl, String problem) {
    private static final String TOKEN = " \\\n  -H \"Authorization: Bearer $DIETSB_TOKEN\"";

    /** Returns the commands that cancel a run. */
    static Commands cancel(String id, URI trainer) {
        return new Commands(
                "deploy/dietsb cancel " + OrderAgain.quoted(id),
                "curl -X DELETE "
                        + OrderAgain.quoted(
                                trainer.resolve("/runs/" + Trainer.encoded(id)).toString()) + TOKEN,
                "");
    }

    /**
     * Returns the commands that swap the policy of a run as the form does.
     *
     * @param who signs the swap; null if nobody is signed in
     */
    static Commands swap(String id, Typed typed, URI selector, @Nullable String who) {
        try {
            Policy policy = typed.policy();
            Timing timing = typed.timing();
            Long revision = typed.revision();
            return new Commands(
                    command(id, policy, timing, revision), curl(id, policy, timing, revision, selector, who), "");
        } catch (IllegalArgumentException invalid) {
            return new Commands("", "", String.valueOf(invalid.getMessage()));
        }
    }

    private static String command(String id, Policy policy, Timing timing, @Nullable Long revision) {
        List<String> words = new ArrayList<>(List.of(
                "deploy/dietsb policy", OrderAgain.quoted(id), policy.kind().label()));
        words.addAll(OrderAgain.options(policy));
        add(words, "--from-epoch ", timing.fromEpoch());
        add(words, "--after ", timing.afterProgress());
        add(words, "--until-epoch ", timing.untilEpoch());
        add(words, "--for-epochs ", timing.forEpochs());
        add(words, "--if-revision ", revision);
        return String.join(" ", words);
    }

    private static void add(List<String> words, String before, @Nullable Number value) {
        if (value != null) {
            words.add(before + Words.plain(value.doubleValue()));
        }
    }

    private static String curl(
            String id, Policy policy, Timing timing, @Nullable Long revision, URI selector, @Nullable String who) {
        Map<String, String> query = new TreeMap<>();
        Stream.of(who)
                .filter(name -> name != null && !name.isEmpty())
                .forEach(name -> query.put("who", Trainer.encoded(name)));
        put(query, "fromEpoch", timing.fromEpoch());
        put(query, "afterProgress", timing.afterProgress());
        put(query, "untilEpoch", timing.untilEpoch());
        put(query, "forEpochs", timing.forEpochs());
        String asked = query.entrySet().stream()
                .map(one -> one.getKey() + "=" + one.getValue())
                .collect(Collectors.joining("&"));
        String address =
                selector.resolve("/runs/" + Trainer.encoded(id) + "/policy") + (asked.isEmpty() ? "" : "?" + asked);
        return "curl -X PUT " + OrderAgain.quoted(address) + TOKEN
                + (revision == null ? "" : " \\\n  -H 'If-Match: \"" + revision + "\"'")
                + " \\\n  -H 'Content-Type: application/json' \\\n  -d "
                + OrderAgain.quoted(OrderAgain.json(PolicyJson.of(policy)).toString());
    }

    private static void put(Map<String, String> query, String name, @Nullable Number value) {
        if (value != null) {
            query.put(name, Words.plain(value.doubleValue()));
        }
    }
}
