package org.dietsb.selector.mask;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.report.ReportWriter;
import org.dietsb.selector.source.NoSources;

/** The hop from losses to masks as a process of its own, that can be killed. */
final class LoneSelector implements AutoCloseable {
    private static final String STARTED = "started";

    private final Process process;
    private final BufferedReader says;

    private LoneSelector(Process process) {
        this.process = process;
        this.says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** One that has begun to join its group. */
    static LoneSelector start(String bootstrapServers) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try {
            LoneSelector selector = new LoneSelector(new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "-cp",
                            classes,
                            LoneSelector.class.getName(),
                            bootstrapServers))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
            if (!STARTED.equals(selector.says.readLine())) {
                throw new IOException("the selector did not start");
            }
            return selector;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** As kill -9 does: it commits nothing and stays a member of its group until the session times out. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What its meter of this name counts; of a timer the seconds. */
    double meter(String name) {
        try {
            process.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return Double.parseDouble(says.readLine());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (IOException gone) {
            kill();
        } catch (InterruptedException interrupted) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] arguments) throws Exception {
        SelectorConfig config = TestConfig.of(Map.of());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Producer<String, byte[]> producer = PlainClients.producer(arguments[0])) {
            DeadLetters letters = TestDeadLetters.of("selector", PlainClients.producer(arguments[0]), registry);
            ReportWriter reports = new ReportWriter(PlainClients.producer(arguments[0]), registry);
            MaskLoop loop = new MaskLoop(
                    PlainClients.settings(arguments[0]),
                    producer,
                    new NoSources(),
                    config,
                    new SelectorMeters(registry),
                    letters,
                    reports);
            loop.start();
            System.out.println(STARTED);
            BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String name = asked.readLine(); name != null; name = asked.readLine()) {
                System.out.println(
                        registry.get(name).meter().measure().iterator().next().getValue());
            }
            loop.close();
            letters.close();
            reports.close();
        }
    }
}
