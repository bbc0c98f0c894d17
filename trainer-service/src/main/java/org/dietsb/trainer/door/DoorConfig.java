package org.dietsb.trainer.door;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Who may read and write over REST; tokens of OpenID Connect are configured at {@code quarkus.oidc}. */
@ConfigMapping(prefix = "dietsb.trainer")
interface DoorConfig {
    /** Whether whoever reaches the port may read (open), or only who has a role (closed). */
    @WithDefault("open")
    Door reading();

    /** Bearer token of those who write, at least 16 characters; none: only OpenID Connect lets in. */
    @WithDefault("${DIETSB_TOKEN:}")
    Optional<String> token();

    /** Bearer token of those who read only, likewise. */
    @WithDefault("${DIETSB_READER_TOKEN:}")
    Optional<String> readerToken();

    enum Door {
        OPEN,
        CLOSED
    }
}
