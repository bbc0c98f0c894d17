package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/** A service of its own, started apart from the others: one that may be killed, and another put in its place. */
public final class ServiceProcess implements AutoCloseable {
    private final Service service;
    private final Rest rest;

    private ServiceProcess(Service service, Rest rest) {
        this.service = service;
        this.rest = rest;
    }

    /**
     * Starts it, and does not wait for it.
     *
     * @param logs folder of its log, which is written anew
     */
    public static ServiceProcess start(Launch launch, Path logs) {
        Service service = Service.start(launch, logs);
        return new ServiceProcess(service, Objects.requireNonNull(service.rest(), "no service"));
    }

    /** Its JVM's process number; empty where that has ended, or has not begun yet. */
    public OptionalLong pid() {
        return service.pid();
    }

    public boolean isAlive() {
        return service.isAlive();
    }

    public boolean isReady() {
        return service.isReady();
    }

    /** What it is, where it should be and whether it can be used, in words. */
    public String standing() {
        return service.standing();
    }

    /** Its metrics, as Prometheus reads them. */
    public String metrics() {
        return new String(rest.managed("/q/metrics"), StandardCharsets.UTF_8);
    }

    /**
     * Asks it something.
     *
     * @throws UserError in one line, if it refuses or does not answer
     */
    public JsonNode get(String path) {
        return rest.get(path);
    }

    /** The same with a body. */
    public JsonNode post(String path, JsonNode body) {
        return rest.post(path, body).body();
    }

    /** Puts a body in the place of what is there now, unless another does so first. */
    public JsonNode put(String path, String query, JsonNode body) {
        return rest.put(path + query, body, rest.read(path).etag());
    }

    /** Asks it to stop, waits until it has, and makes it stop if it takes too long. */
    @Override
    public void close() {
        service.stop();
        try {
            service.awaitStopped();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
