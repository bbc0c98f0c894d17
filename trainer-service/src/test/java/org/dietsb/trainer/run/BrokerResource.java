package org.dietsb.trainer.run;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.trainer.door.Callers;
import org.jspecify.annotations.Nullable;

/** A real broker, and a home of its own, for as long as the tested service is up. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private @Nullable LocalBroker broker;
    private @Nullable Path home;

    @Override
    public Map<String, String> start() {
        LocalBroker started = LocalBroker.start();
        broker = started;
        try {
            home = Files.createTempDirectory("dietsb-home");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Map<String, String> settings = new HashMap<>(Callers.settings());
        settings.put("kafka.bootstrap.servers", started.bootstrapServers());
        settings.put("dietsb.trainer.home", home.toString());
        settings.put("dietsb.trainer.data-dirs", "/nowhere");
        settings.put("dietsb.trainer.device", "cpu");
        settings.put("dietsb.trainer.threads", "1");
        return settings;
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
        if (home != null) {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
