package org.dietsb.selector.door;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.dietsb.kit.door.WebSignIn;
import org.jspecify.annotations.Nullable;

/** Accepts the cookies of {@link SignIn} and sends browsers without valid ones to the sign-in page. */
@ApplicationScoped
class ControlRoomSignIn implements WebSignIn {
    @Override
    public @Nullable String token(RoutingContext request) {
        return SignIn.token(request.request());
    }

    @Override
    public @Nullable String form(RoutingContext request) {
        return SignIn.isAskedForPage(request.request()) ? SignIn.form(request.request()) : null;
    }
}
