package org.dietsb.scorer.scoring;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/** A real broker for as long as the tested service is up. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private @Nullable LocalBroker broker;

    @Override
    public Map<String, String> start() {
        LocalBroker started = LocalBroker.start();
        broker = started;
        return Map.of("kafka.bootstrap.servers", started.bootstrapServers(), "quarkus.http.test-port", "0");
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
