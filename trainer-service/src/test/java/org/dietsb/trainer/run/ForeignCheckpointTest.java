package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.model.Safetensors;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.Checkpoint;
import org.junit.jupiter.api.Test;

/** A run resumes from its own checkpoints only. */
class ForeignCheckpointTest {
    private static final DatasetIdentity IMAGES = new DatasetIdentity("fashion-mini", 100, 10, "abc");

    private static TrainingOrder order(int seed) {
        return TestOrders.of("{\"id\": \"run\", \"seed\": " + seed + "}", Policy.BASELINE);
    }

    private static CheckpointFiles.Saved saved(TrainingOrder order) {
        Checkpoint.Builder checkpoint = Checkpoint.newBuilder();
        checkpoint.getRunBuilder().setOrder(OrderWire.toWire(order)).setDataset(OrderWire.toWire(IMAGES));
        return new CheckpointFiles.Saved(
                Path.of("1-8.safetensors"), checkpoint.build(), Safetensors.Content.of(Map.of()));
    }

    @Test
    void ownCheckpointIsAccepted() {
        assertThatCode(() -> Checkpoints.requireFits(saved(order(1)), order(1), IMAGES))
                .doesNotThrowAnyException();
    }

    @Test
    void checkpointOfAnotherOrderIsRejected() {
        assertThatThrownBy(() -> Checkpoints.requireFits(saved(order(2)), order(1), IMAGES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1-8.safetensors")
                .hasMessageContaining("another order with the id run");
    }

    @Test
    void checkpointOfAnotherDatasetIsRejected() {
        DatasetIdentity others = new DatasetIdentity("fashion-mini", 100, 10, "def");
        assertThatThrownBy(() -> Checkpoints.requireFits(saved(order(1)), order(1), others))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the dataset is now");
    }
}
