package org.dietsb.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;

/** The run of a round, as it is ordered over REST and as the reference run takes it. */
record Workload(String runId, long seed, Policy policy) {
    static final String DATASET = "fashion-mini";
    static final int EXAMPLES = 1_600;
    static final int BATCH = 64;
    static final int EPOCHS = 3;
    static final String MODEL = "resnet8";
    private static final int WINDOW = 4;
    /** Some barriers within an epoch of 25 batches, and one at its end that is none of them. */
    private static final int CHECKPOINT_EVERY = 7;

    private static final double RATE = .05;
    private static final double DECAY = 5e-4;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Batches of all its epochs, if nothing is left out. */
    static int batches() {
        return EPOCHS * ((EXAMPLES + BATCH - 1) / BATCH);
    }

    TrainingOrder order() {
        return new TrainingOrder(
                runId,
                new TrainingOrder.DatasetChoice(DATASET, null, EXAMPLES, 0),
                MODEL,
                seed,
                new TrainingOrder.Recipe(EPOCHS, new Budget.Epochs(), BATCH, RATE, "cosine", 0, .9, DECAY, true, true),
                WINDOW,
                policy,
                Duration.ofSeconds(30),
                OnTimeout.WAIT,
                0,
                CHECKPOINT_EVERY,
                null,
                null,
                null,
                null);
    }

    /** Its proxy, if it has one, else itself alone. */
    List<TrainingOrder> parts() {
        return Stream.of(order(), order().proxy()).filter(Objects::nonNull).toList();
    }

    /** The body of POST /runs. */
    ObjectNode json() {
        ObjectNode order = JSON.createObjectNode()
                .put("id", runId)
                .put("dataset", DATASET)
                .put("limit", EXAMPLES)
                .put("model", MODEL)
                .put("seed", seed)
                .put("epochs", EPOCHS)
                .put("batchSize", BATCH)
                .put("learningRate", RATE)
                .put("schedule", "cosine")
                .put("momentum", .9)
                .put("weightDecay", DECAY)
                .put("augment", "crop,flip")
                .put("window", WINDOW)
                .put("onTimeout", "wait")
                .put("checkpointEvery", CHECKPOINT_EVERY)
                .put("evaluateEvery", 0);
        order.set("policy", json(policy));
        return order;
    }

    /** The body of POST /scorings. */
    static ObjectNode scoring(String id) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("dataset", DATASET)
                .put("limit", EXAMPLES)
                .put("model", MODEL)
                .put("members", 2)
                .put("scoringEpochs", 1)
                .put("epochs", EPOCHS)
                .put("batchSize", BATCH)
                .put("learningRate", RATE)
                .put("seed", 1);
    }

    static ObjectNode json(Policy policy) {
        return JSON.valueToTree(PolicyJson.of(policy));
    }
}
