package org.dietsb.scorer.scoring;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.dietsb.scorer.door.Callers;
import org.jspecify.annotations.Nullable;

/** A real broker for as long as the tested service is up. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private @Nullable LocalBroker broker;

    @Override
    public Map<String, String> start() {
        LocalBroker started = LocalBroker.start();
        broker = started;
        Map<String, String> settings = new HashMap<>(Callers.settings());
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
