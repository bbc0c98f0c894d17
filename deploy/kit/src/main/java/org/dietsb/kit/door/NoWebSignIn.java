package org.dietsb.kit.door;

import io.quarkus.arc.DefaultBean;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Sign-in of a service without web pages. */
@DefaultBean
@ApplicationScoped
class NoWebSignIn implements WebSignIn {
    @Override
    public @Nullable String token(RoutingContext request) {
        return null;
    }

    @Override
    public @Nullable String form(RoutingContext request) {
        return null;
    }
}
