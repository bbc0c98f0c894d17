package org.dietsb.faults.golden;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.testbed.LocalTrainer;
import org.dietsb.testbed.OpenRun;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.PublishedScores;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;

/**
 * The masks that the trainer's own loop gets from a real selector for scripted losses, as {@code deploy/python/tests/golden/masks.jsonl} has
 * them for clients in other languages.
 */
final class GoldenMasks implements AutoCloseable {
    static final Path FILE = Path.of("../python/tests/golden/masks.jsonl");
    static final int EPOCHS = 18;
    private static final int EXAMPLES = 400;
    private static final int BATCH = 8;
    private static final int WINDOW = 16;
    private static final long SEED = 7;
    private static final int PARTITION = 3;
    /** The run whose masks are replayed. */
    private static final String RECORDED = "random";
    /** The score set of rho and rcap. */
    private static final String SCORES = "scripted";

    private static final JsonMapper JSON = new JsonMapper();

    /** Policies by the names of their runs; the one that is replayed comes before its replay. */
    static final Map<String, Policy> POLICIES = policies();

    private final PrivateSystem system = PrivateSystem.start();
    private final LocalTrainer trainer;

    GoldenMasks() throws DatasetException {
        system.startSelector("selector", 256);
        trainer = new LocalTrainer(
                TrainerDevice.of("cpu", 1),
                new DatasetCatalog(system.folder().resolve("home")).open("fashion-mini", null, EXAMPLES),
                Precisions.both(Precision.FLOAT32));
        float[] losses = new float[EXAMPLES];
        int[] labels = new int[EXAMPLES];
        for (int index = 0; index < EXAMPLES; index++) {
            losses[index] = ScriptedLog.reference(index);
            labels[index] = ScriptedLog.label(index);
        }
        PublishedScores.write(
                SCORES, OrderWire.toWire(trainer.dataset().identity()), losses, labels, system.bootstrapServers());
    }

    private static Map<String, Policy> policies() {
        Map<String, Policy> all = new LinkedHashMap<>();
        all.put("baseline", Policy.BASELINE);
        all.put(RECORDED, Policy.ofKind(PolicyKind.RANDOM).keep(.25).build());
        all.put("replay", Policy.ofKind(PolicyKind.REPLAY).of(RECORDED).build());
        all.put("selective", Policy.ofKind(PolicyKind.SELECTIVE).build());
        all.put(
                "accumulate",
                Policy.ofKind(PolicyKind.SELECTIVE)
                        .keep(.25)
                        .batching(Policy.Batching.ACCUMULATE)
                        .build());
        all.put(
                "percentile",
                Policy.ofKind(PolicyKind.SELECTIVE)
                        .rule(Policy.Rule.PERCENTILE)
                        .historySize(256)
                        .build());
        all.put("stale", Policy.ofKind(PolicyKind.SELECTIVE).lossesEvery(3).build());
        all.put(
                "part-of-the-run",
                Policy.ofKind(PolicyKind.SELECTIVE)
                        .start(.1)
                        .end(.8)
                        .interrupt(5)
                        .build());
        all.put(
                "diet",
                Policy.ofKind(PolicyKind.DIET)
                        .prePruned(.3)
                        .order(Policy.DietOrder.RANDOM)
                        .build());
        all.put(
                "diet-random",
                Policy.ofKind(PolicyKind.DIET_RANDOM)
                        .prePruned(.2)
                        .order(Policy.DietOrder.RANDOM)
                        .build());
        all.put(
                "diet-selective",
                Policy.ofKind(PolicyKind.DIET_SELECTIVE)
                        .prePruned(.2)
                        .order(Policy.DietOrder.RANDOM)
                        .build());
        all.put("infobatch", Policy.ofKind(PolicyKind.INFOBATCH).build());
        all.put("repb", Policy.ofKind(PolicyKind.REPB).build());
        all.put("orderdp", Policy.ofKind(PolicyKind.ORDERDP).keep(.3).build());
        all.put("rs2", Policy.ofKind(PolicyKind.RS2).keep(.3).build());
        all.put(
                "progressive",
                Policy.ofKind(PolicyKind.PROGRESSIVE).set(Parameter.GAMMA, .95).build());
        all.put("seta", Policy.ofKind(PolicyKind.SETA).build());
        all.put(
                "bls",
                Policy.ofKind(PolicyKind.BLS)
                        .keep(.3)
                        .set(Parameter.SMOOTHING, .7)
                        .build());
        // The second differences of scripted losses have a mean size of about 2.6.
        all.put(
                "ies",
                Policy.ofKind(PolicyKind.IES)
                        .set(Parameter.DELTA, 2.5)
                        .set(Parameter.RECHECK, 3)
                        .build());
        all.put(
                "repb-cap",
                Policy.ofKind(PolicyKind.REPB).set(Parameter.CAP, 1.5).build());
        all.put("rho", Policy.ofKind(PolicyKind.RHO).keep(.3).scoreSet(SCORES).build());
        all.put(
                "rcap",
                Policy.ofKind(PolicyKind.RCAP)
                        .keep(.3)
                        .scoreSet(SCORES)
                        .set(Parameter.BETA, .5)
                        .build());
        return all;
    }

    private static Policy policy(String name) {
        return Objects.requireNonNull(POLICIES.get(name), name);
    }

    /** Trains the first epochs of a run under a policy, and returns what lies in its topics then. */
    MaskDigests train(String name, int epochs) throws InterruptedException, InvalidProtocolBufferException {
        Policy policy = policy(name);
        TrainingOrder order = new TrainingOrder(
                name,
                new TrainingOrder.DatasetChoice("fashion-mini", null, EXAMPLES, 0),
                "resnet8",
                SEED,
                new TrainingOrder.Recipe(
                        EPOCHS, new Budget.Epochs(), BATCH, .001, "constant", 0, .9, 5e-4, false, false),
                WINDOW,
                policy,
                Duration.ofSeconds(5),
                OnTimeout.WAIT,
                0,
                0,
                null,
                null,
                null,
                epochs == EPOCHS ? null : new TrainingOrder.ScoringMember("first-epochs", 0, epochs),
                null,
                false,
                List.of());
        AttemptOpened opened = AttemptOpened.newBuilder()
                .setDataset(OrderWire.toWire(trainer.dataset().identity()))
                .setModel(order.model())
                .setSeed(SEED)
                .setEpochs(EPOCHS)
                .setBatchSize(BATCH)
                .setWindow(WINDOW)
                .setReadsParts(true)
                .setReadsSpans(true)
                .build();
        try (OpenRun run = OpenRun.of(name, PARTITION, opened, system.bootstrapServers())) {
            var unused = trainer.train(
                    order, new ScriptedLog(run.log()), run.inbox(), (epoch, progress) -> new StampedPolicy(0, policy));
            run.log().close("completed");
        }
        return MaskDigests.of(name, PARTITION, system.bootstrapServers());
    }

    /** Returns the line of the file for a run. */
    static String line(String name, MaskDigests found) throws IOException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("run", name);
        row.put("wire", HexFormat.of().formatHex(PolicyWire.toWire(policy(name)).toByteArray()));
        row.put("seed", SEED);
        row.put("examples", EXAMPLES);
        row.put("batchSize", BATCH);
        row.put("epochs", EPOCHS);
        row.put("window", WINDOW);
        row.put("masks", found.count());
        row.put("sha256", found.perEpoch());
        return JSON.writeValueAsString(row);
    }

    /** Returns the digests that the file has of a run. */
    static List<String> digests(String name) throws IOException {
        for (String line : Files.readAllLines(FILE)) {
            var row = JSON.readTree(line);
            if (row.path("run").asText().equals(name)) {
                return JSON.convertValue(
                        row.path("sha256"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
            }
        }
        throw new AssertionError("no run " + name + " in " + FILE);
    }

    @Override
    public void close() {
        system.close();
    }
}
