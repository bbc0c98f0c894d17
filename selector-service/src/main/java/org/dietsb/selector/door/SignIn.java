package org.dietsb.selector.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.dietsb.contracts.PersonName;
import org.dietsb.kit.door.Access;
import org.dietsb.kit.door.ValidTokens;
import org.dietsb.kit.door.WebSignIn;
import org.jspecify.annotations.Nullable;

/**
 * The sign-in to the control room. The browser keeps a session in a cookie, sealed, so that neither the browser nor the other servers of
 * the host, to which it sends the cookie as well, learn the token.
 */
@Singleton
public class SignIn implements WebSignIn {
    /** Path of the page with the sign-in form. */
    public static final String PATH = "/control/sign-in";

    private static final String COOKIE = "dietsb-session";
    private static final Pattern TOKEN_ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    /** Browsers keep cookies of 4 kB. */
    private static final int LONGEST_TOKEN = 2_800;

    private static final Pattern PAGE = Pattern.compile("/|/control/[A-Za-z0-9._~/?=&+:@,-]*");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Seal seal;
    private final Duration unused;
    private final ValidTokens tokens;

    SignIn(Access access, SessionConfig config, ValidTokens tokens) {
        this.tokens = tokens;
        this.seal = new Seal(access.config().token().orElse("")
                + access.config().readerToken().orElse(""));
        this.unused = config.session();
    }

    /** Returns the token of the session, and extends it. A writing request must come from a page of this service. */
    @Override
    public @Nullable String token(RoutingContext context) {
        HttpServerRequest request = context.request();
        Session session = session(request);
        if (session == null || !(READING.contains(request.method()) || isOfOwnPage(request))) {
            return null;
        }
        Session used = session.used(Instant.now(), unused);
        if (!used.equals(session)) {
            keep(request, used);
        }
        return session.token();
    }

    /** Returns the location of the sign-in form that leads back to the requested page. */
    @Override
    public @Nullable String form(RoutingContext context) {
        HttpServerRequest request = context.request();
        String accepts = request.getHeader(HttpHeaderNames.ACCEPT);
        return accepts != null && accepts.contains("text/html") && isPage(request.path())
                ? PATH + "?back=" + URLEncoder.encode(request.path(), StandardCharsets.UTF_8)
                : null;
    }

    /** Returns whether the request belongs to a session, whose token may be invalid. */
    public boolean isTried(HttpServerRequest request) {
        return session(request) != null;
    }

    /** Returns the name of the signed-in person, or {@code somebody}. */
    public String name(HttpServerRequest request) {
        Session session = session(request);
        return session == null ? "somebody" : session.name();
    }

    /** Returns how long a session lasts that is not used. */
    public Duration unused() {
        return unused;
    }

    private @Nullable Session session(HttpServerRequest request) {
        Cookie cookie = request.getCookie(cookieName(request));
        Session session = cookie == null ? null : Session.of(seal.open(cookie.getValue(), cookie.getName()));
        return session == null || session.isOver(Instant.now()) ? null : session;
    }

    /** Returns whether the request comes from a page of this service, according to its Origin header. */
    public static boolean isOfOwnPage(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaderNames.ORIGIN);
        try {
            return origin != null
                    && request.authority() != null
                    && request.authority().toString().equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException noOrigin) {
            return false;
        }
    }

    /**
     * Begins a session.
     *
     * @throws IllegalArgumentException if the name is malformed, or the token is, or is not valid here; the message says what is allowed
     */
    public void in(RoutingContext context, String token, String name) {
        HttpServerRequest request = context.request();
        if (!TOKEN_ALLOWED.matcher(token).matches() || token.length() > LONGEST_TOKEN) {
            throw new IllegalArgumentException("That is no token: it has letters, digits and ._~+/-= alone, at most "
                    + LONGEST_TOKEN + " of them.");
        }
        if (!PersonName.isValid(name)) {
            throw new IllegalArgumentException("This is no name: allowed are " + PersonName.ALLOWED + ".");
        }
        if (!tokens.isValid(token, context)) {
            throw new IllegalArgumentException(
                    "This token is not valid here. Copy the whole writer token from the place that deploy/dietsb up prints.");
        }
        // The browser's own protocol, whatever proxies stand between.
        boolean encrypted = Objects.requireNonNullElse(request.getHeader(HttpHeaderNames.ORIGIN), "")
                .startsWith("https:");
        keep(request, Session.begin(Instant.now(), unused, encrypted, name, token));
    }

    private void keep(HttpServerRequest request, Session session) {
        String name = cookieName(request);
        request.response().addCookie(cookie(name, seal.seal(session.text(), name), session.encrypted()));
    }

    /** Deletes the session of the browser. */
    public void out(HttpServerRequest request) {
        request.response().addCookie(cookie(cookieName(request), "", false).setMaxAge(0));
    }

    private static Cookie cookie(String name, String value, boolean encrypted) {
        return Cookie.cookie(name, value)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(encrypted)
                .setPath("/");
    }

    /** Returns a name with the port that the browser sees, because a browser keeps the cookies of all ports of a host together. */
    private static String cookieName(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        return authority == null || authority.port() <= 0 ? COOKIE : COOKIE + "-" + authority.port();
    }

    /** Returns whether this is the path of a page of the control room. */
    private static boolean isPage(String path) {
        return PAGE.matcher(path).matches();
    }

    /** Returns where the form leads back to: the given page of the control room, or else the first. */
    public static String back(String path) {
        return isPage(path) ? path : "/";
    }
}
