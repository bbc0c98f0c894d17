package org.dietsb.selector.page;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Settings of the control room. */
@ConfigMapping(prefix = "dietsb.selector")
interface PageConfig {
    /** A trainer: it takes the orders that are typed in the control room, and has the images that are shown there. */
    @WithDefault("http://localhost:8081")
    URI trainerUrl();

    /** Time from one comment to the next in the stream of a page, so that no proxy closes a quiet one. */
    @WithDefault("PT15S")
    Duration heartbeat();

    /** The scorer: it takes the scorings that orders of diets need first. */
    @WithDefault("http://localhost:8083")
    URI scorerUrl();

    /** Grafana with the dashboards of this project, as browsers reach it: pages of runs link to it; by default they do not. */
    Optional<URI> grafanaUrl();
}
