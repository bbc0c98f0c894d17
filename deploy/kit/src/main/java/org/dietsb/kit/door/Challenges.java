package org.dietsb.kit.door;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers a request whose credentials are rejected only after it has reached a resource, as an OpenID Connect token is.
 *
 * <p>Replaces the mappers of quarkus-resteasy-problem 3.21. They read a field that Quarkus has since removed from its challenge, so that
 * every such request ends in status 500. A newer version of that library makes this class unnecessary.
 */
@Singleton
public class Challenges {
    /** Precedes the mappers of quarkus-resteasy-problem. */
    private static final int PRIORITY = Priorities.AUTHENTICATION;

    private final BearerTokens tokens;

    Challenges(BearerTokens tokens) {
        this.tokens = tokens;
    }

    @ServerExceptionMapper(priority = PRIORITY)
    public Response missingCredentials(RoutingContext request, UnauthorizedException cause) {
        return tokens.challenge(request);
    }

    @ServerExceptionMapper(priority = PRIORITY)
    public Response invalidCredentials(RoutingContext request, AuthenticationFailedException cause) {
        return tokens.challenge(request);
    }
}
