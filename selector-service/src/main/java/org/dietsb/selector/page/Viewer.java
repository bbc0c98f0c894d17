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
     * @param tried whether a token was sent, valid or not
     */
    record Badge(String name, boolean writes, boolean tried) {}

    private final SecurityIdentity identity;
    private final HttpServerRequest request;

    Viewer(SecurityIdentity identity, HttpServerRequest request) {
        this.identity = identity;
        this.request = request;
    }

    Badge badge() {
        return new Badge(SignIn.name(request), identity.hasRole(Role.WRITER), SignIn.isTried(request));
    }
}
