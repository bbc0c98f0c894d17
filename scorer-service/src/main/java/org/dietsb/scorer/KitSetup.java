package org.dietsb.scorer;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.dietsb.contracts.field.FieldSchema;
import org.dietsb.kit.door.Access;
import org.dietsb.kit.door.DescribedBodies;
import org.dietsb.kit.door.DoorConfig;
import org.dietsb.kit.topic.ServiceTopics;

/** Sets up the beans of the kit for the scorer. */
@Singleton
class KitSetup {
    private static final String PREFIX = "dietsb.scorer";

    /** Access settings of the scorer. */
    @ConfigMapping(prefix = PREFIX)
    interface Door extends DoorConfig {}

    @Produces
    @Singleton
    Access access(Door door) {
        return new Access(PREFIX, door);
    }

    @Produces
    @Singleton
    @Unremovable
    DescribedBodies bodies() {
        return new DescribedBodies(Map.of("ScoringRequest", FieldSchema.ofScoring()));
    }

    @Produces
    @Singleton
    ServiceTopics topics() {
        return new ServiceTopics(
                "scorer",
                List.of(
                        "training-orders",
                        "prediction-errors",
                        "el2n-scores",
                        "run-events",
                        "selector-policies",
                        "dead-letters"),
                Map.of(
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        10_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        30_000));
    }
}
