package org.dietsb.faults.plan;

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

/** The run of a round, as an order over REST and as an order of the reference run. */
public record Workload(String runId, long seed, Policy policy) {
    public static final String DATASET = "fashion-mini";
    public static final int EXAMPLES = 1_600;
    static final String MODEL = "resnet8";
    private static final int BATCH = 64;
    private static final int EPOCHS = 3;
    private static final int WINDOW = 4;
    /** Several barriers within an epoch of 25 batches, and one at its end that is not a multiple. */
    private static final int CHECKPOINT_EVERY = 7;

    private static final double RATE = .05;
    private static final double DECAY = 5e-4;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Batches of all epochs if no example is left out. */
    static int batches() {
        return EPOCHS * ((EXAMPLES + BATCH - 1) / BATCH);
    }

    private TrainingOrder order() {
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
                null,
                null,
                false,
                List.of());
    }

    /** Returns the run's order and that of its proxy, if it has one. */
    public List<TrainingOrder> parts() {
        return Stream.of(order(), order().proxy()).filter(Objects::nonNull).toList();
    }

    /** Returns the body of POST /runs. */
    public ObjectNode json() {
        ObjectNode order = common(runId)
                .put("seed", seed)
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

    /** Returns the body of POST /scorings. */
    public static ObjectNode scoring(String id) {
        return common(id).put("seed", 1).put("members", 2).put("scoringEpochs", 1);
    }

    private static ObjectNode common(String id) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("dataset", DATASET)
                .put("limit", EXAMPLES)
                .put("model", MODEL)
                .put("epochs", EPOCHS)
                .put("batchSize", BATCH)
                .put("learningRate", RATE);
    }

    /** Returns a policy as the body of a swap. */
    public static ObjectNode json(Policy policy) {
        return JSON.valueToTree(PolicyJson.of(policy));
    }
}
