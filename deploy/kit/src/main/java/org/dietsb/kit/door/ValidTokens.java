package org.dietsb.kit.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Tells whether a token is valid, for a sign-in page: it says at once what else the next request would say. */
@ApplicationScoped
public class ValidTokens {
    /** Time within which a server of OpenID Connect answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BearerTokens tokens;
    private final IdentityProviderManager providers;

    ValidTokens(BearerTokens tokens, IdentityProviderManager providers) {
        this.tokens = tokens;
        this.providers = providers;
    }

    /** Returns whether a token is valid for reading or writing. Replaces the token of the request; blocks. */
    public boolean isValid(String token, RoutingContext request) {
        request.request().headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
        return tokens.authenticate(request, providers)
                        .onFailure(AuthenticationFailedException.class)
                        .recoverWithNull()
                        .await()
                        .atMost(PATIENCE)
                != null;
    }
}
