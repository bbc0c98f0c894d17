package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;

/** A service as built in a process of its own, without a supervisor and a guard beside it, as in a container. */
final class Standalone implements AutoCloseable {
    static final String TOKEN = "a-token-for-the-services-of-this-test";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    /** Address of its REST interface. */
    final String address;

    private Standalone(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /**
     * Starts a service, and returns when it is ready.
     *
     * @param home folder of its files and of its log
     * @param options options of {@code java}
     */
    static Standalone start(String service, Path home, String bootstrapServers, String... options) throws IOException {
        Launch launch = Launch.service(service, LocalBroker.freePort(), LocalBroker.FRUGAL, bootstrapServers)
                .as(service, "-Ddietsb.trainer.home=" + home)
                .as(service, options);
        Path log = home.resolve(service + "-" + System.nanoTime() + ".log");
        List<String> command = new ArrayList<>(Launched.foreground());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(launch.java());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("DIETSB_TOKEN", TOKEN);
        Standalone started = new Standalone(builder.start(), log, "http://127.0.0.1:" + launch.port());
        String ready = "http://127.0.0.1:" + launch.management() + "/q/health/ready";
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> !started.process.isAlive() || get(ready).statusCode() == 200);
        assertThat(started.process.isAlive()).as(started.said()).isTrue();
        return started;
    }

    /**
     * Orders a run from this trainer.
     *
     * @param fields of the order, in JSON, without its id
     */
    void order(String id, String fields) {
        given().header("Authorization", "Bearer " + TOKEN)
                .contentType(ContentType.JSON)
                .body("{\"id\": \"" + id + "\", " + fields + "}")
                .post(address + "/runs")
                .then()
                .statusCode(201);
    }

    /** Sends a signal, and returns the exit code with which the process ends. */
    int codeAfter(String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(said())
                .isTrue();
        return process.exitValue();
    }

    /** Returns its log. */
    String said() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
