package org.dietsb.selector.topic;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.dietsb.selector.door.Callers;
import org.jspecify.annotations.Nullable;

/** A real broker for the service under test. */
public final class TestBroker implements QuarkusTestResourceLifecycleManager {
    private @Nullable LocalBroker broker;

    @Override
    public Map<String, String> start() {
        broker = LocalBroker.start();
        Map<String, String> settings = new HashMap<>(Callers.settings());
        settings.put("kafka.bootstrap.servers", broker.bootstrapServers());
        return settings;
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
