package org.dietsb.kit.topic;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.dietsb.kit.door.Callers;
import org.jspecify.annotations.Nullable;

/** A real broker for the service under test, and tokens of its callers. */
public abstract class TestBroker implements QuarkusTestResourceLifecycleManager {
    private final String service;
    private @Nullable LocalBroker broker;

    protected TestBroker(String service) {
        this.service = service;
    }

    @Override
    public Map<String, String> start() {
        LocalBroker started = LocalBroker.start();
        broker = started;
        Map<String, String> settings = new HashMap<>(Callers.settings(service));
        settings.put("kafka.bootstrap.servers", started.bootstrapServers());
        return settings;
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
