package org.dietsb.selector.door;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Settings of the sign-in to the control room. */
@ConfigMapping(prefix = "dietsb.selector")
interface SessionConfig {
    /** Time after which a session ends that is not used. A session ends 24 hours after its sign-in at the latest. */
    @WithDefault("PT1H")
    @DurationMin(minutes = 1, message = "is ${validatedValue}, allowed is PT1M or more")
    Duration session();
}
