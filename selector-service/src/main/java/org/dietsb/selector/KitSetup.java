package org.dietsb.selector;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.policy.PolicySchema;
import org.dietsb.kit.door.Access;
import org.dietsb.kit.door.DescribedBodies;
import org.dietsb.kit.door.DoorConfig;
import org.dietsb.kit.topic.ServiceTopics;

/** Sets up the beans of the kit for the selector. */
@Singleton
class KitSetup {
    private static final String PREFIX = "dietsb.selector";

    /** Access settings of the selector. */
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
        return new DescribedBodies(Map.of("PolicyJson", PolicySchema.fields()));
    }

    @Produces
    @Singleton
    ServiceTopics topics() {
        return new ServiceTopics(
                "selector",
                List.of(
                        "batch-losses",
                        "backprop-masks",
                        "selector-policies",
                        "el2n-scores",
                        "run-events",
                        "selection-reports",
                        "mask-records",
                        "dead-letters"),
                Map.of());
    }
}
