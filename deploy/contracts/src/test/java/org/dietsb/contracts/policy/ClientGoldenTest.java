package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.StrictJson;
import org.dietsb.selector.wire.PolicyChange;
import org.junit.jupiter.api.Test;

/**
 * What a client in another language computes as Java does: files in deploy/python/tests/golden. A test that fails writes what Java
 * computes to target/golden.
 */
class ClientGoldenTest {
    private static final Path GOLDEN = Path.of("../python/tests/golden");
    private static final JsonMapper JSON = new JsonMapper();

    /** Compares rows with the lines of a golden file, each of which is a JSON object. */
    private static void assertGolden(String name, List<Map<String, Object>> rows) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Map<String, Object> row : rows) {
            lines.append(JSON.writeValueAsString(row)).append('\n');
        }
        Path computed = Files.createDirectories(Path.of("target/golden")).resolve(name);
        Files.writeString(computed, lines);
        assertThat(GOLDEN.resolve(name))
                .as("%s has what Java computes", name)
                .hasSameTextualContentAs(computed, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    @Test
    void drawsOfRandomStreams() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        long[] seeds = {0, 1, 7, -7, Long.MIN_VALUE, Long.MAX_VALUE};
        for (long seed : seeds) {
            for (long last : new long[] {0, 1, -1, 1L << 40}) {
                rows.add(row(
                        "stream",
                        "mask-rank",
                        "seed",
                        seed,
                        "counters",
                        List.of(3, 5, last),
                        "uniform",
                        Double.toHexString(RandomStream.uniform("mask-rank", seed, 3, 5, last))));
            }
        }
        for (long seed : seeds) {
            for (int epoch : new int[] {1, 2, 200}) {
                for (int size : new int[] {0, 1, 2, 33, 10_000}) {
                    int[] values = IntStream.range(0, size).toArray();
                    RandomStream.of("shuffle", seed).shuffle(values, epoch);
                    rows.add(row(
                            "stream",
                            "shuffle",
                            "seed",
                            seed,
                            "epoch",
                            epoch,
                            "size",
                            size,
                            size > 100 ? "sha256" : "shuffled",
                            size > 100 ? sha256(values) : values));
                }
            }
        }
        assertGolden("random-stream.jsonl", rows);
    }

    /** Returns the checksum of numbers, each as 4 bytes, little-endian. */
    private static String sha256(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.of(values).forEach(bytes::putInt);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void partitionsOfRuns() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String id : List.of("a", "run-1", "polygenelubricants", "z".repeat(80), "r.2-x", "0", "b-2026.11-30")) {
            for (int count : new int[] {1, 3, 12, 64}) {
                rows.add(row("run", id, "partitions", count, "partition", Math.floorMod(id.hashCode(), count)));
            }
        }
        assertGolden("partitions.jsonl", rows);
    }

    @Test
    void messagesAndRefusalsOfPolicies() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String json : List.of(
                "{\"kind\":\"baseline\"}",
                "{\"kind\":\"random\"}",
                "{\"kind\":\"random\",\"keep\":0.25,\"start\":0.1,\"end\":0.9,\"interrupt\":5}",
                "{\"kind\":\"selective\"}",
                "{\"kind\":\"selective\",\"keep\":1}",
                "{\"kind\":\"selective\",\"rule\":\"percentile\",\"historySize\":64,\"batching\":\"accumulate\",\"losses\":\"stale:3\"}",
                "{\"kind\":\"selective\",\"selectionScale\":0.5,\"losses\":\"proxy:resnet8\"}",
                "{\"kind\":\"diet\",\"scoreSet\":\"scores\"}",
                "{\"kind\":\"diet\",\"order\":\"random\",\"scoreSet\":\"scores\"}",
                "{\"kind\":\"diet\",\"order\":\"random\",\"balanced\":true,\"scoreSet\":\"scores\"}",
                "{\"kind\":\"diet\",\"scoreSet\":\"own:12\"}",
                "{\"kind\":\"diet-selective\",\"scoreSet\":\"scores\",\"order\":\"highest\",\"prePruned\":0.5}",
                "{\"kind\":\"diet-random\",\"order\":\"random\"}",
                "{\"kind\":\"infobatch\"}",
                "{\"kind\":\"infobatch\",\"keep\":0.75,\"end\":1}",
                "{\"kind\":\"repb\"}",
                "{\"kind\":\"repb\",\"cap\":4}",
                "{\"kind\":\"repb\",\"cap\":0.5}",
                "{\"kind\":\"bls\"}",
                "{\"kind\":\"ies\"}",
                "{\"kind\":\"ies\",\"delta\":0.002,\"recheck\":3}",
                "{\"kind\":\"ies\",\"delta\":0}",
                "{\"kind\":\"bls\",\"keep\":0.7,\"smoothing\":0.7}",
                "{\"kind\":\"orderdp\"}",
                "{\"kind\":\"orderdp\",\"keep\":0.3,\"draw\":0.8}",
                "{\"kind\":\"rs2\",\"keep\":0.3}",
                "{\"kind\":\"progressive\"}",
                "{\"kind\":\"progressive\",\"tau\":1,\"gamma\":0.95,\"recheck\":1}",
                "{\"kind\":\"seta\"}",
                "{\"kind\":\"seta\",\"window\":0.6,\"drop\":0,\"end\":1}",
                "{\"kind\":\"orderdp\",\"draw\":0}",
                "{\"kind\":\"orderdp\",\"tau\":0.5}",
                "{\"kind\":\"progressive\",\"recheck\":2.5}",
                "{\"kind\":\"progressive\",\"keep\":0.5}",
                "{\"kind\":\"seta\",\"groups\":101}",
                "{\"kind\":\"replay\",\"of\":\"run-1\"}",
                "{\"kind\":\"replay\",\"of\":\"run-1@0123456789abcdef\"}",
                "{\"kind\":\"random-like\",\"of\":\"run-1\",\"batching\":\"accumulate\"}",
                "{\"kind\":\"random-like\"}",
                "{\"kind\":\"random\",\"keep\":0}",
                "{\"kind\":\"random\",\"keep\":1.5}",
                "{\"kind\":\"baseline\",\"keep\":0.5}",
                "{\"kind\":\"replay\",\"of\":\"run-1\",\"keep\":0.5}",
                "{\"kind\":\"replay\"}",
                "{\"kind\":\"replay\",\"of\":\"Run\"}",
                "{\"kind\":\"random\",\"of\":\"run-1\"}",
                "{\"kind\":\"selective\",\"rule\":\"percentile\",\"historySize\":0}",
                "{\"kind\":\"selective\",\"historySize\":1000001}",
                "{\"kind\":\"selective\",\"losses\":\"stale:0\"}",
                "{\"kind\":\"selective\",\"losses\":\"stale:1001\"}",
                "{\"kind\":\"selective\",\"selectionScale\":0.2}",
                "{\"kind\":\"selective\",\"losses\":\"proxy:Big\"}",
                "{\"kind\":\"random\",\"losses\":\"proxy:resnet8\"}",
                "{\"kind\":\"random\",\"start\":-0.5}",
                "{\"kind\":\"random\",\"start\":0.5,\"end\":0.25}",
                "{\"kind\":\"random\",\"interrupt\":-1}",
                "{\"kind\":\"random\",\"prePruned\":0.25}",
                "{\"kind\":\"diet\",\"prePruned\":1,\"scoreSet\":\"scores\"}",
                "{\"kind\":\"diet\"}",
                "{\"kind\":\"diet\",\"scoreSet\":\"own:0\"}",
                "{\"kind\":\"rho\",\"scoreSet\":\"run-1.last-loss\"}",
                "{\"kind\":\"rho\",\"scoreSet\":\"run-1.last-loss\",\"keep\":0.1,\"losses\":\"stale:3\",\"selectionScale\":0.5,\"batching\":\"accumulate\"}",
                "{\"kind\":\"rho\"}",
                "{\"kind\":\"rho\",\"scoreSet\":\"own:2\"}",
                "{\"kind\":\"rho\",\"scoreSet\":\"s\",\"rule\":\"percentile\"}",
                "{\"kind\":\"rcap\",\"scoreSet\":\"el2n\"}",
                "{\"kind\":\"rcap\",\"scoreSet\":\"el2n\",\"keep\":0.1,\"beta\":0.25}",
                "{\"kind\":\"rcap\",\"scoreSet\":\"el2n\",\"beta\":0}",
                "{\"kind\":\"rcap\"}")) {
            Map<String, Object> row = row("policy", JSON.readTree(json));
            try {
                Policy policy =
                        StrictJson.read(json, PolicyJson.class, "a policy").toPolicy();
                row.put("wire", hex(PolicyWire.toWire(policy).toByteArray()));
            } catch (IllegalArgumentException refused) {
                row.put("refused", refused.getMessage());
            }
            rows.add(row);
        }
        assertGolden("policies.jsonl", rows);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static PolicyChange.Builder change(long replaces, Policy policy, Schedule schedule) {
        return PolicyWire.toWire(new Change(policy, schedule, null, "somebody"))
                .setRunId("run")
                .setReplaces(replaces)
                .setRevision(replaces + 1)
                .setEpochMillis(1_700_000_000_000L);
    }

    @Test
    void revisionsInForce() throws IOException {
        Policy random = Policy.ofKind(PolicyKind.RANDOM).build();
        Policy selective = Policy.ofKind(PolicyKind.SELECTIVE).build();
        Schedule third = new Schedule(new Moment.EpochBegins(3), new Moment.EpochBegins(5));
        Schedule middle = new Schedule(new Moment.Progress(.6), new Moment.Progress(.8));
        Schedule early = new Schedule(null, new Moment.Progress(.25));
        PolicyChange.Builder newer = change(1, selective, Schedule.FOR_GOOD);
        newer.getPolicyBuilder().setKindValue(99);
        PolicyChange.Builder outOfRange = change(0, selective, Schedule.FOR_GOOD);
        outOfRange.getPolicyBuilder().setKeep(2);
        PolicyChange.Builder noMoment = change(1, selective, Schedule.FOR_GOOD);
        noMoment.getFromBuilder().clearAt();
        List<List<PolicyChange.Builder>> sequences = List.of(
                List.of(),
                List.of(change(0, random, Schedule.FOR_GOOD)),
                List.of(change(0, random, third), change(1, selective, middle), change(2, random, early)),
                List.of(
                        change(0, random, Schedule.FOR_GOOD),
                        change(0, selective, Schedule.FOR_GOOD),
                        change(2, selective, Schedule.FOR_GOOD),
                        change(1, selective, third).setRevision(3),
                        change(1, selective, third).setRollsBackTo(0)),
                List.of(
                        change(0, random, Schedule.FOR_GOOD),
                        newer,
                        change(1, random, Schedule.FOR_GOOD),
                        change(2, selective, middle)),
                List.of(
                        outOfRange,
                        noMoment,
                        change(2, selective, Schedule.FOR_GOOD).clearPolicy(),
                        change(3, random, Schedule.FOR_GOOD).setWho("x".repeat(201)),
                        change(4, random, third)));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (List<PolicyChange.Builder> sequence : sequences) {
            PolicyChains chains = new PolicyChains();
            List<Map<String, Object>> changes = new ArrayList<>();
            for (PolicyChange.Builder change : sequence) {
                PolicyChain.Outcome outcome = chains.accept(change.build(), changes.size());
                Map<String, Object> read = row(
                        "wire",
                        hex(change.build().toByteArray()),
                        "outcome",
                        outcome.getClass().getSimpleName());
                if (outcome instanceof PolicyChain.Outcome.PassedOver passed) {
                    read.put("reason", passed.reason());
                }
                changes.add(read);
            }
            PolicyChain chain = chains.of("run");
            List<List<Object>> places = new ArrayList<>();
            for (int epoch = 1; epoch <= 10; epoch++) {
                for (double progress : new double[] {(epoch - 1) / 10., (epoch - .5) / 10}) {
                    long revision = chain.at(new Moment.Place(epoch, progress), Policy.BASELINE)
                            .revision();
                    places.add(List.of(epoch, Double.toHexString(progress), revision));
                }
            }
            rows.add(row("changes", changes, "revision", chain.revision(), "places", places));
        }
        assertGolden("policy-chain.jsonl", rows);
    }
}
