package org.dietsb.selector.topic;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/** A real broker for the service under test. */
public final class TestBroker implements QuarkusTestResourceLifecycleManager {
    private @Nullable LocalBroker broker;

    @Override
    public Map<String, String> start() {
        broker = LocalBroker.start();
        return Map.of("kafka.bootstrap.servers", broker.bootstrapServers(), "quarkus.http.test-port", "0");
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
