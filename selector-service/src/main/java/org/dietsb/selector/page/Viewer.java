package org.dietsb.selector.page;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import org.dietsb.kit.door.Access;
import org.dietsb.kit.door.DoorConfig;
import org.dietsb.kit.door.Role;
import org.dietsb.selector.door.SignIn;

/** The user who views a page. */
@RequestScoped
class Viewer {

    /**
     * A snapshot of the user at the time of the request.
     *
     * @param writes whether the user may write
     * @param reads whether the user may read, at pages and at the REST interface
     * @param tried whether the user is signed in, with a valid token or not
     */
    record Badge(String name, boolean writes, boolean reads, boolean tried) {}

    private final SecurityIdentity identity;
    private final HttpServerRequest request;
    private final SignIn signIn;
    private final Access access;

    Viewer(SecurityIdentity identity, HttpServerRequest request, SignIn signIn, Access access) {
        this.access = access;
        this.identity = identity;
        this.request = request;
        this.signIn = signIn;
    }

    Badge badge() {
        boolean writes = identity.hasRole(Role.WRITER);
        boolean open = access.config().reading() != DoorConfig.Door.CLOSED;
        return new Badge(
                signIn.name(request), writes, writes || open || identity.hasRole(Role.READER), signIn.isTried(request));
    }
}
