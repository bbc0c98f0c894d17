package org.dietsb.kit.topic;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.dietsb.broker.LockedBroker;
import org.dietsb.kit.door.Callers;
import org.jspecify.annotations.Nullable;

/** A broker that requires TLS and a password, and settings for it under {@code kafka.}, as a user would give them. */
public abstract class TestLockedBroker implements QuarkusTestResourceLifecycleManager {
    /** What the topics and groups of this broker begin with. */
    static final String PREFIX = "team-a.";

    private final String service;
    private @Nullable LockedBroker broker;

    protected TestLockedBroker(String service) {
        this.service = service;
    }

    @Override
    public Map<String, String> start() {
        LockedBroker started = LockedBroker.startFor(service, PREFIX);
        broker = started;
        Map<String, String> settings = new HashMap<>(Callers.settings(service));
        settings.put(Prefix.SETTING, PREFIX);
        started.client().forEach((name, value) -> settings.put("kafka." + name, value));
        return settings;
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
