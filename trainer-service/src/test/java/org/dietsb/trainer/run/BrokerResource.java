package org.dietsb.trainer.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.kit.topic.TestBroker;
import org.jspecify.annotations.Nullable;

/** A real broker and a home folder for the trainer under test. */
public final class BrokerResource extends TestBroker {
    private @Nullable Path home;

    public BrokerResource() {
        super("trainer");
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = super.start();
        try {
            home = Files.createTempDirectory("dietsb-home");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        settings.put("dietsb.trainer.home", home.toString());
        settings.put("dietsb.trainer.data-dirs", "/nowhere");
        settings.put("dietsb.trainer.heartbeat", "PT0.05S");
        settings.put("dietsb.trainer.device", "cpu");
        settings.put("dietsb.trainer.threads", "1");
        return settings;
    }

    @Override
    public void stop() {
        super.stop();
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
