package org.dietsb.selector.page;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import org.dietsb.kit.door.Role;
import org.dietsb.selector.door.SignIn;

/** The user who views a page. */
@RequestScoped
class Viewer {

    /**
     * A snapshot of the user at the time of the request.
     *
     * @param writes whether the user may write
     * @param tried whether the user is signed in, with a valid token or not
     */
    record Badge(String name, boolean writes, boolean tried) {}

    private final SecurityIdentity identity;
    private final HttpServerRequest request;
    private final SignIn signIn;

    Viewer(SecurityIdentity identity, HttpServerRequest request, SignIn signIn) {
        this.identity = identity;
        this.request = request;
        this.signIn = signIn;
    }

    Badge badge() {
        return new Badge(signIn.name(request), identity.hasRole(Role.WRITER), signIn.isTried(request));
    }
}
