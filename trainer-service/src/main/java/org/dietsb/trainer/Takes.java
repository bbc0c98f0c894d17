package org.dietsb.trainer;

import java.util.Locale;

/**
 * The orders that a trainer takes, and so the topic they wait in. A trainer takes from one topic only: the broker assigns to each
 * member of the group some of the topics it subscribes to, which may not include the one in which an order waits.
 */
public enum Takes {
    /** Runs and their proxies, which wait in one topic, a proxy right behind its run. */
    ALL("training-orders"),
    /** Runs only; their proxies wait in another topic. */
    RUNS("training-orders"),
    /** Proxies of runs only: small models, which a trainer without a GPU can train. */
    PROXIES("proxy-orders");

    private final String topic;

    Takes(String topic) {
        this.topic = topic;
    }

    /** The topic that such a trainer takes orders from. */
    public String topic() {
        return topic;
    }

    /** The topic to which such a trainer writes an order that it receives over REST. */
    public String topicOf(boolean isProxy) {
        return (this == ALL || !isProxy ? RUNS : PROXIES).topic;
    }

    /** The name used in the setting. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
