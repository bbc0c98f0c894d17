package org.dietsb.kit.door;

import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/**
 * Who may read and write over REST. A service maps these settings under its own prefix with a sub-interface that carries
 * {@link io.smallrye.config.ConfigMapping}. OpenID Connect is configured by {@code quarkus.oidc}.
 */
public interface DoorConfig {
    /** Whether reading is open to every caller or requires a role. */
    @WithDefault("open")
    Door reading();

    /** Bearer token of writers, at least 16 characters. If absent, only OpenID Connect grants write access. */
    @WithDefault("${DIETSB_TOKEN:}")
    Optional<String> token();

    /** Bearer token of callers that may only read, at least 16 characters. If absent, only OpenID Connect grants this role. */
    @WithDefault("${DIETSB_READER_TOKEN:}")
    Optional<String> readerToken();

    /**
     * Host names under which this service is reached, in addition to IP addresses, {@code localhost} and the name of the machine;
     * {@code *.example.org} stands for all names that end so, {@code *} for every name.
     */
    @WithDefault("${DIETSB_HOSTS:}")
    Optional<List<String>> hosts();

    /** Read access. */
    enum Door {
        /** Every caller may read. */
        OPEN,
        /** Only callers with a role may read. */
        CLOSED
    }
}
