package org.dietsb.trainer;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.dietsb.contracts.field.FieldSchema;
import org.dietsb.contracts.policy.PolicySchema;
import org.dietsb.kit.door.Access;
import org.dietsb.kit.door.DescribedBodies;
import org.dietsb.kit.door.DoorConfig;
import org.dietsb.kit.topic.ServiceTopics;

/** Sets up the beans of the kit for the trainer. */
@Singleton
class KitSetup {
    private static final String PREFIX = "dietsb.trainer";

    /** Access settings of the trainer. */
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
        return new DescribedBodies(Map.of("RunRequest", FieldSchema.ofOrder(), "PolicyJson", PolicySchema.fields()));
    }

    @Produces
    @Singleton
    ServiceTopics topics() {
        return new ServiceTopics(
                "trainer",
                List.of(
                        "training-orders",
                        "proxy-orders",
                        "batch-losses",
                        "backprop-masks",
                        "selector-policies",
                        "prediction-errors",
                        "el2n-scores",
                        "run-events",
                        "dead-letters"),
                Map.of(
                        // The producer waits for a broker that is away for an hour, so that no message of a run is
                        // lost. Its
                        // buffer bounds what waits.
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        Integer.MAX_VALUE,
                        // A client that loses all brokers would otherwise forget its topics, and each send would wait a
                        // minute for them.
                        CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG,
                        "none"));
    }
}
