package org.dietsb.kit.door;

import io.netty.util.NetUtil;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rejects requests for a host name that is not this service's, on the port of REST and on that of health and metrics. Otherwise, a web page
 * whose own name is made to resolve to this machine (DNS rebinding) could read what browsers here may read. IP addresses cannot be
 * rebound, so they are allowed, as are loopback names and the name of the machine. A request without a host comes from no browser.
 */
@ApplicationScoped
public class Hosts {
    private static final int FIRST = Integer.MIN_VALUE;
    private static final String ANY = "*";
    private static final Pattern ALLOWED = Pattern.compile("\\*|(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?");

    private final Set<String> names;
    private final String setting;

    Hosts(Access access) {
        this.setting = access.prefix() + ".hosts";
        List<String> configured = access.config().hosts().orElse(List.of());
        for (String name : configured) {
            if (!ALLOWED.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        setting + " is " + name + ", allowed are host names without a port, *.DOMAIN and *");
            }
        }
        this.names = Stream.concat(configured.stream(), Stream.of("localhost", "*.localhost", machine()))
                .map(Hosts::normal)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    void install(@Observes Router router) {
        router.route().order(FIRST).handler(this::check);
    }

    void install(@Observes ManagementInterface management) {
        management.router().route().order(FIRST).handler(this::check);
    }

    private void check(RoutingContext request) {
        // Both the header, which a proxy's headers do not replace, and what the rest of the service takes for the host.
        HostAndPort authority = request.request().authority();
        String foreign = Stream.concat(
                        request.request().headers().getAll(HttpHeaders.HOST).stream(),
                        authority == null ? Stream.empty() : Stream.of(authority.toString()))
                .filter(host -> !isOwn(host))
                .findFirst()
                .orElse(null);
        if (foreign == null) {
            request.next();
            return;
        }
        JsonObject problem = new JsonObject()
                .put("status", 421)
                .put("title", "Misdirected Request")
                .put(
                        "detail",
                        "host is " + foreign
                                + ", allowed are IP addresses, localhost, the name of this machine and the names in "
                                + setting + " (or DIETSB_HOSTS)");
        request.response()
                .setStatusCode(421)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .end(problem.encode());
    }

    /** Returns whether this is a host of this service, with or without a port. */
    boolean isOwn(String authority) {
        if (names.contains(ANY)) {
            return true;
        }
        HostAndPort parsed = HostAndPort.parseAuthority(authority, -1);
        return parsed != null && isOwnName(normal(parsed.host()));
    }

    private boolean isOwnName(String host) {
        int dot = host.indexOf('.');
        return names.contains(host)
                || isAddress(host)
                || Stream.iterate(dot, from -> from >= 0, from -> host.indexOf('.', from + 1))
                        .anyMatch(from -> names.contains(ANY + host.substring(from)));
    }

    private static boolean isAddress(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return bracketed
                ? NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1))
                : NetUtil.isValidIpV4Address(host);
    }

    /** Returns the name in lower case, without the dot that may end it. */
    private static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
