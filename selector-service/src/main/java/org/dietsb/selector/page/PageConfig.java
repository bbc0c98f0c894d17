package org.dietsb.selector.page;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;

/** Settings of the control room. */
@ConfigMapping(prefix = "dietsb.selector")
interface PageConfig {
    /** A trainer: it takes the orders that are typed in the control room, and has the images that are shown there. */
    @WithDefault("http://localhost:8081")
    URI trainerUrl();
}
