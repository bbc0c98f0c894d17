package org.dietsb.scorer.door;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Policy {@code reading} of application.properties: everyone, or only who has a role. */
@ApplicationScoped
class Reading implements HttpSecurityPolicy {
    private final DoorConfig config;

    Reading(DoorConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "reading";
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext request, Uni<SecurityIdentity> identity, AuthorizationRequestContext context) {
        return switch (config.reading()) {
            case OPEN -> CheckResult.permit();
            case CLOSED -> identity.map(who -> new CheckResult(who.hasRole(Role.READER) || who.hasRole(Role.WRITER)));
        };
    }
}
