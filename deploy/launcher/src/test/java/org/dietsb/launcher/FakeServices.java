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

/** A small HTTP server a service, each answering what it was told to, and remembering what it was asked. */
final class FakeServices implements AutoCloseable {
    private static final List<String> NAMES = List.of("trainer", "selector", "scorer");

    /** What was asked, in order: method, path and body. */
    final List<String> asked = new ArrayList<>();

    /** The tokens that were shown, in the order of what was asked; "" for none. */
    final List<String> tokens = new ArrayList<>();

    /** What If-Match said, in the order of what was asked; "" for nothing. */
    final List<String> expected = new ArrayList<>();

    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, Integer> managementPorts = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, List<Answer>> answers = new HashMap<>();

    private record Answer(int status, String body) {}

    /** The services of these names listen; of the others the ports are free. */
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

    /** All listen. */
    static FakeServices up() {
        return new FakeServices("trainer", "selector", "scorer");
    }

    /** What this service answers, in JSON with single quotes; told several times, one after the other, then the last. */
    FakeServices says(String name, String request, int status, String body) {
        answers.computeIfAbsent(name + " " + request, key -> new ArrayList<>())
                .add(new Answer(status, body.replace('\'', '"')));
        return this;
    }

    /** Instead of all it was told before. */
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

    /** As options; the broker's port is one that nothing is asked of. */
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
