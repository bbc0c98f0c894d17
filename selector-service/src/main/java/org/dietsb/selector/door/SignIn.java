package org.dietsb.selector.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sign-in state of the control room: a token and a name, in cookies. */
public final class SignIn {
    /** Path of the page with the sign-in form. */
    public static final String PATH = "/control/sign-in";

    private static final String TOKEN = "dietsb-token";
    private static final String NAME = "dietsb-name";
    private static final Pattern TOKEN_ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern NAME_ALLOWED = Pattern.compile("[A-Za-z0-9._@-]{1,80}");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private SignIn() {}

    /** Returns the token in the cookie of a request, or null if there is none. A writing request must come from a page of this service. */
    static @Nullable String token(HttpServerRequest request) {
        Cookie cookie = request.getCookie(TOKEN);
        return cookie != null && (READING.contains(request.method()) || isOfOwnPage(request))
                ? cookie.getValue()
                : null;
    }

    /** Returns the Authorization header with which the caller may read at another service, or null if the caller sent no token. */
    public static @Nullable String authorization(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        Cookie cookie = request.getCookie(TOKEN);
        return header != null || cookie == null ? header : "Bearer " + cookie.getValue();
    }

    /** Returns whether the request carries a token cookie, valid or not. */
    public static boolean isTried(HttpServerRequest request) {
        return request.getCookie(TOKEN) != null;
    }

    /** Returns the name of the signed-in person, or {@code somebody} if there is no valid name. */
    public static String name(HttpServerRequest request) {
        Cookie cookie = request.getCookie(NAME);
        return cookie != null && NAME_ALLOWED.matcher(cookie.getValue()).matches() ? cookie.getValue() : "somebody";
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
     * Sets the cookies, which last until the browser is closed.
     *
     * @throws IllegalArgumentException if the token or the name is malformed; the message says what is allowed
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

    /** Deletes the cookies. */
    public static void out(HttpServerRequest request) {
        request.response()
                .addCookie(cookie(request, TOKEN, "").setMaxAge(0))
                .addCookie(cookie(request, NAME, "").setMaxAge(0));
    }

    private static Cookie cookie(HttpServerRequest request, String name, String value) {
        // The browser's own protocol, whatever proxies stand between.
        boolean encrypted = Objects.requireNonNullElse(request.getHeader(HttpHeaderNames.ORIGIN), "")
                .startsWith("https:");
        return Cookie.cookie(name, value)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(encrypted)
                .setPath("/");
    }

    /** Returns whether a browser requests a page of the control room. */
    static boolean isAskedForPage(HttpServerRequest request) {
        String accepts = request.getHeader(HttpHeaderNames.ACCEPT);
        return accepts != null && accepts.contains("text/html") && isPage(request.path());
    }

    /** Returns whether this is the path of a page of the control room. */
    public static boolean isPage(String path) {
        return path.equals("/") || path.startsWith("/control/");
    }

    /** Returns the location of the sign-in form that leads back to the requested page. */
    static String form(HttpServerRequest request) {
        return PATH + "?back=" + URLEncoder.encode(request.path(), StandardCharsets.UTF_8);
    }
}
