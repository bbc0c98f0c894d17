package org.dietsb.selector.topic;

import java.util.HashMap;
import java.util.Map;

/** A real broker for the selector under test, and no trainer: one that runs on this machine is not to be found. */
public final class TestBroker extends org.dietsb.kit.topic.TestBroker {
    public TestBroker() {
        super("selector");
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>(super.start());
        settings.put("dietsb.selector.trainer-url", "http://127.0.0.1:1");
        settings.put("dietsb.selector.heartbeat", "PT0.05S");
        settings.put("dietsb.selector.scorer-url", "http://127.0.0.1:1");
        return settings;
    }
}
