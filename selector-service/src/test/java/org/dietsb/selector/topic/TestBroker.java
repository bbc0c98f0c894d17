package org.dietsb.selector.topic;

/** A real broker for the selector under test. */
public final class TestBroker extends org.dietsb.kit.topic.TestBroker {
    public TestBroker() {
        super("selector");
    }
}
