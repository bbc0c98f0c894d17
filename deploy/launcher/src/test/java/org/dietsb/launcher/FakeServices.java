package org.dietsb.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.broker.LocalBroker;

/** One small HTTP server per service. Each returns canned answers and records its requests. */
final class FakeServices implements AutoCloseable {
    private static final List<String> NAMES = List.of("trainer", "selector", "scorer");

    /** The requests in order: method, path and body. */
    final List<String> asked = new ArrayList<>();

    /** The Authorization headers, in the order of the requests; "" for none. */
    final List<String> tokens = new ArrayList<>();

    /** The If-Match headers, in the order of the requests; "" for none. */
    final List<String> expected = new ArrayList<>();

    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, Integer> managementPorts = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, List<Answer>> answers = new HashMap<>();

    private record Answer(int status, String body) {}

    /** Starts the services of these names; the ports of the others stay free. */
    FakeServices(String... listening) {
        for (String name : NAMES) {
            try {
                if (List.of(listening).contains(name)) {
                    ports.put(name, listen(name));
                    managementPorts.put(name, listen(name));
                    says(name, "GET /q/openapi?format=json", 200, "{'info':{'title':'" + name + "'}}");
                    says(name, "GET /q/health/ready", 200, "{'status':'UP'}");
                } else {
                    ports.put(name, LocalBroker.freePort());
                    managementPorts.put(name, LocalBroker.freePort());
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private int listen(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(name, exchange));
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    /** Starts all services. */
    static FakeServices up() {
        return new FakeServices("trainer", "selector", "scorer");
    }

    /** Adds an answer, in JSON with single quotes. Several answers to a request are returned in turn; the last one repeats. */
    FakeServices says(String name, String request, int status, String body) {
        answers.computeIfAbsent(name + " " + request, key -> new ArrayList<>())
                .add(new Answer(status, body.replace('\'', '"')));
        return this;
    }

    /** Replaces all answers to a request. */
    FakeServices saysNow(String name, String request, int status, String body) {
        answers.remove(name + " " + request);
        return says(name, request, status, body);
    }

    private synchronized void answer(String name, HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!request.contains("/q/")) {
            asked.add((request + " " + body).strip());
            tokens.add(header(exchange, "Authorization"));
            expected.add(header(exchange, "If-Match"));
        }
        List<Answer> told = answers.getOrDefault(name + " " + request, List.of());
        Answer answer = told.isEmpty()
                ? new Answer(404, "{\"detail\":\"" + request + " is not known\"}")
                : told.size() == 1 ? told.get(0) : told.remove(0);
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("ETag", "\"7\"");
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
    }

    int port(String name) {
        return ports.getOrDefault(name, 0);
    }

    int managementPort(String name) {
        return managementPorts.getOrDefault(name, 0);
    }

    /** Returns the requests so far. */
    synchronized List<String> requests() {
        return List.copyOf(asked);
    }

    /** Returns the ports as options; the port of the broker is unused. */
    String options() {
        StringBuilder options = new StringBuilder(" --broker-port 1");
        ports.forEach((name, port) ->
                options.append(" --").append(name).append("-port ").append(port));
        managementPorts.forEach((name, port) ->
                options.append(" --").append(name).append("-management-port ").append(port));
        return options.toString();
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
