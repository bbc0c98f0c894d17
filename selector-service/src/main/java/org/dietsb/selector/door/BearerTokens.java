package org.dietsb.selector.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Knows who calls by a bearer token: one of the configuration, or one of OpenID Connect, in a header or, from the control room's own
 * pages, in a cookie. A cookie that lets nobody in is none: it may be an old one.
 */
@Alternative
@Priority(1)
@ApplicationScoped
class BearerTokens implements HttpAuthenticationMechanism {
    private static final Logger LOG = Logger.getLogger(BearerTokens.class);
    private static final String SCHEME = "Bearer";
    private static final String UNSET =
            "writing is closed: set dietsb.selector.token (or DIETSB_TOKEN), or quarkus.oidc.*"
                    + " with quarkus.oidc.tenant-enabled=true, and start again";

    private final Optional<Token> writers;
    private final Optional<Token> readers;
    private final OidcAuthenticationMechanism oidc;
    private final boolean takesOidc;

    BearerTokens(
            DoorConfig config,
            OidcAuthenticationMechanism oidc,
            @ConfigProperty(name = "quarkus.oidc.tenant-enabled") boolean takesOidc) {
        this.writers = config.token().map(value -> new Token("dietsb.selector.token", value));
        this.readers = config.readerToken().map(value -> new Token("dietsb.selector.reader-token", value));
        if (config.token().isPresent() && config.token().equals(config.readerToken())) {
            throw new IllegalArgumentException(
                    "dietsb.selector.reader-token is that of dietsb.selector.token, allowed is another: it could write");
        }
        this.oidc = oidc;
        this.takesOidc = takesOidc;
    }

    void start(@Observes StartupEvent event) {
        if (isShut()) {
            LOG.warn(UNSET);
        }
    }

    /** Nobody can prove that he may write. */
    private boolean isShut() {
        return writers.isEmpty() && !takesOidc;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext request, IdentityProviderManager providers) {
        String inHeader = inHeader(request);
        String presented = inHeader == null ? SignIn.token(request) : inHeader;
        if (presented == null) {
            return Uni.createFrom().nullItem();
        }
        if (inHeader == null) {
            // OpenID Connect looks for it there.
            request.request().headers().set(HttpHeaderNames.AUTHORIZATION, SCHEME + " " + presented);
            return authenticate(presented, request, providers)
                    .onFailure(AuthenticationFailedException.class)
                    .recoverWithNull();
        }
        return authenticate(presented, request, providers);
    }

    private Uni<SecurityIdentity> authenticate(
            String presented, RoutingContext request, IdentityProviderManager providers) {
        // Each is compared, whichever it is.
        boolean writer = writers.map(token -> token.is(presented)).orElse(false);
        boolean reader = readers.map(token -> token.is(presented)).orElse(false);
        if (writer) {
            return Uni.createFrom().item(identity(Role.WRITER));
        }
        if (reader) {
            return Uni.createFrom().item(identity(Role.READER));
        }
        return takesOidc
                ? oidc.authenticate(request, providers)
                : Uni.createFrom().failure(new AuthenticationFailedException("no token of this service"));
    }

    private static @Nullable String inHeader(RoutingContext request) {
        String header = request.request().getHeader(HttpHeaderNames.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, SCHEME + " ", 0, SCHEME.length() + 1)
                ? header.substring(SCHEME.length() + 1).strip()
                : null;
    }

    private static SecurityIdentity identity(String role) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(role))
                .addRole(role)
                .build();
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext request) {
        if (SignIn.isAskedForPage(request)) {
            SignIn.showDoor(request);
            return Uni.createFrom().item(true);
        }
        boolean hasToken = inHeader(request) != null;
        String detail = isShut()
                ? UNSET
                : hasToken
                        ? "the token is not valid here"
                        : "a token is missing: send header Authorization: Bearer TOKEN";
        request.response()
                .setStatusCode(401)
                .putHeader(HttpHeaderNames.WWW_AUTHENTICATE, hasToken ? SCHEME + " error=\"invalid_token\"" : SCHEME)
                .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .end(new JsonObject()
                        .put("status", 401)
                        .put("title", "Unauthorized")
                        .put("detail", detail)
                        .encode());
        return Uni.createFrom().item(true);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext request) {
        return Uni.createFrom().item(new ChallengeData(401, HttpHeaderNames.WWW_AUTHENTICATE, SCHEME));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return oidc.getCredentialTypes();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext request) {
        return Uni.createFrom().item(new HttpCredentialTransport(HttpCredentialTransport.Type.AUTHORIZATION, SCHEME));
    }
}
