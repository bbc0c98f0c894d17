package org.dietsb.kit.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkiverse.resteasy.problem.HttpProblem;
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
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates callers by a bearer token: a configured one, or one of OpenID Connect. The token comes in the {@code Authorization}
 * header or, from a service's own pages, by {@link WebSignIn}. An invalid token from a page is ignored, because it may be an old one.
 */
@Alternative
@Priority(1)
@ApplicationScoped
class BearerTokens implements HttpAuthenticationMechanism {
    private static final Logger LOG = Logger.getLogger(BearerTokens.class);
    private static final String SCHEME = "Bearer";

    private final Optional<Token> writers;
    private final Optional<Token> readers;
    private final WebSignIn pages;
    private final OidcAuthenticationMechanism oidc;
    private final boolean takesOidc;
    private final String disabled;

    BearerTokens(
            Access access,
            WebSignIn pages,
            OidcAuthenticationMechanism oidc,
            @ConfigProperty(name = "quarkus.oidc.tenant-enabled") boolean takesOidc) {
        Optional<String> writing = access.config().token();
        Optional<String> reading = access.config().readerToken();
        this.writers = writing.map(value -> new Token(access.tokenName(), value));
        this.readers = reading.map(value -> new Token(access.readerTokenName(), value));
        if (writing.isPresent() && writing.equals(reading)) {
            throw new IllegalArgumentException(access.readerTokenName() + " equals " + access.tokenName()
                    + ", so readers could write: set two different tokens");
        }
        this.pages = pages;
        this.oidc = oidc;
        this.takesOidc = takesOidc;
        this.disabled = "write access is disabled: set " + access.tokenName() + " (or DIETSB_TOKEN), or quarkus.oidc.*"
                + " with quarkus.oidc.tenant-enabled=true, and restart";
    }

    void start(@Observes StartupEvent event) {
        if (isWritingDisabled()) {
            LOG.warn(disabled);
        }
    }

    /** Returns whether write access is disabled, because neither a token nor OpenID Connect is configured. */
    private boolean isWritingDisabled() {
        return writers.isEmpty() && !takesOidc;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext request, IdentityProviderManager providers) {
        String inHeader = inHeader(request);
        String presented = inHeader == null ? pages.token(request) : inHeader;
        if (presented == null) {
            return Uni.createFrom().nullItem();
        }
        if (inHeader == null) {
            // OpenID Connect reads the token from the header.
            request.request().headers().set(HttpHeaderNames.AUTHORIZATION, SCHEME + " " + presented);
            return authenticate(presented, request, providers)
                    .onFailure(AuthenticationFailedException.class)
                    .recoverWithNull();
        }
        return authenticate(presented, request, providers);
    }

    private Uni<SecurityIdentity> authenticate(
            String presented, RoutingContext request, IdentityProviderManager providers) {
        // Compare both tokens in every case, so that timing does not reveal which one matches.
        boolean writer = writers.map(token -> token.matches(presented)).orElse(false);
        boolean reader = readers.map(token -> token.matches(presented)).orElse(false);
        if (writer) {
            return Uni.createFrom().item(identity(Role.WRITER));
        }
        if (reader) {
            return Uni.createFrom().item(identity(Role.READER));
        }
        return takesOidc
                ? oidc.authenticate(request, providers)
                        // OpenID Connect registers itself to send the challenge.
                        .onTermination()
                        .invoke(() -> request.put(HttpAuthenticationMechanism.class.getName(), this))
                : Uni.createFrom().failure(new AuthenticationFailedException("unknown token"));
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
        String form = pages.form(request);
        if (form != null) {
            request.response()
                    .setStatusCode(303)
                    .putHeader(HttpHeaderNames.LOCATION, form)
                    .end();
            return Uni.createFrom().item(true);
        }
        request.response()
                .setStatusCode(401)
                .putHeader(HttpHeaderNames.WWW_AUTHENTICATE, scheme(request))
                .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .end(new JsonObject()
                        .put("status", 401)
                        .put("title", "Unauthorized")
                        .put("detail", detail(request))
                        .encode());
        return Uni.createFrom().item(true);
    }

    /** Returns the same response as {@link #sendChallenge}, for requests that are rejected after they have reached a resource. */
    Response challenge(RoutingContext request) {
        String form = pages.form(request);
        if (form != null) {
            return Response.status(303).header("Location", form).build();
        }
        return HttpProblem.builder()
                .withStatus(Response.Status.UNAUTHORIZED)
                .withTitle("Unauthorized")
                .withDetail(detail(request))
                .withHeader("WWW-Authenticate", scheme(request))
                .build()
                .toResponse();
    }

    private static String scheme(RoutingContext request) {
        return inHeader(request) == null ? SCHEME : SCHEME + " error=\"invalid_token\"";
    }

    private String detail(RoutingContext request) {
        if (isWritingDisabled()) {
            return disabled;
        }
        return inHeader(request) == null
                ? "a token is missing: send header Authorization: Bearer TOKEN"
                : "the token is not valid here";
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
