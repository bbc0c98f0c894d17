package org.dietsb.selector.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who is signed in to the control room: a token and a name, in cookies. */
public final class SignIn {
    /** Of this name the page with the form is. */
    public static final String PATH = "/control/sign-in";

    private static final String TOKEN = "dietsb-token";
    private static final String NAME = "dietsb-name";
    private static final Pattern TOKEN_ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern NAME_ALLOWED = Pattern.compile("[A-Za-z0-9._@-]{1,80}");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private SignIn() {}

    /** The token of a request, if one comes in a cookie and may be used for it; else null. */
    static @Nullable String token(RoutingContext request) {
        Cookie cookie = request.request().getCookie(TOKEN);
        return cookie != null && (READING.contains(request.request().method()) || isOfOwnPage(request.request()))
                ? cookie.getValue()
                : null;
    }

    /** What lets whoever reads here read at another service too: the header Authorization for it; null for nobody. */
    public static @Nullable String authorization(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        Cookie cookie = request.getCookie(TOKEN);
        return header != null || cookie == null ? header : "Bearer " + cookie.getValue();
    }

    /** Whether somebody sent a token by cookie, valid or not. */
    public static boolean isTried(HttpServerRequest request) {
        return request.getCookie(TOKEN) != null;
    }

    /** The name of who is signed in; {@code somebody} if none was given. */
    public static String name(HttpServerRequest request) {
        Cookie cookie = request.getCookie(NAME);
        return cookie != null && NAME_ALLOWED.matcher(cookie.getValue()).matches() ? cookie.getValue() : "somebody";
    }

    /** Whether the request comes from a page of this service, by what the browser says of it. */
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
     * Sets the cookies, until the browser is closed.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    public static void in(HttpServerRequest request, String token, String name) {
        if (!TOKEN_ALLOWED.matcher(token).matches()) {
            throw new IllegalArgumentException("That is no token: it has letters, digits and ._~+/-= alone.");
        }
        if (!NAME_ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException("A name has 1 to 80 letters, digits and ._@- alone.");
        }
        request.response().addCookie(cookie(request, TOKEN, token)).addCookie(cookie(request, NAME, name));
    }

    /** Forgets who was signed in. */
    public static void out(HttpServerRequest request) {
        request.response()
                .addCookie(cookie(request, TOKEN, "").setMaxAge(0))
                .addCookie(cookie(request, NAME, "").setMaxAge(0));
    }

    private static Cookie cookie(HttpServerRequest request, String name, String value) {
        // What the browser speaks, whatever stands between.
        boolean encrypted = Objects.requireNonNullElse(request.getHeader(HttpHeaderNames.ORIGIN), "")
                .startsWith("https:");
        return Cookie.cookie(name, value)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(encrypted)
                .setPath("/");
    }

    /** Whether a browser asks for a page of the control room. */
    static boolean isAskedForPage(RoutingContext request) {
        String accepts = request.request().getHeader(HttpHeaderNames.ACCEPT);
        return accepts != null
                && accepts.contains("text/html")
                && isPage(request.request().path());
    }

    /** Whether this path is one of the control room. */
    public static boolean isPage(String path) {
        return path.equals("/") || path.startsWith("/control/");
    }

    /** Sends the browser to the form, and from there back. */
    static void showDoor(RoutingContext request) {
        String back = URLEncoder.encode(request.request().path(), StandardCharsets.UTF_8);
        request.response()
                .setStatusCode(303)
                .putHeader(HttpHeaderNames.LOCATION, PATH + "?back=" + back)
                .end();
    }
}
