package org.dietsb.kit.door;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** HTTP security policy {@code reading}: permits every caller, or only callers with a role, as configured. */
@ApplicationScoped
class Reading implements HttpSecurityPolicy {
    private final Access access;

    Reading(Access access) {
        this.access = access;
    }

    @Override
    public String name() {
        return "reading";
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext request, Uni<SecurityIdentity> identity, AuthorizationRequestContext context) {
        return switch (access.config().reading()) {
            case OPEN -> CheckResult.permit();
            case CLOSED ->
                identity.map(caller -> new CheckResult(caller.hasRole(Role.READER) || caller.hasRole(Role.WRITER)));
        };
    }
}
