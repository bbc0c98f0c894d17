package org.dietsb.scorer.scoring;

import org.dietsb.kit.topic.TestBroker;

/** A real broker for the scorer under test. */
public final class BrokerResource extends TestBroker {
    public BrokerResource() {
        super("scorer");
    }
}
