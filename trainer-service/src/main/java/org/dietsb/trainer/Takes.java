package org.dietsb.trainer;

import java.util.Locale;
import org.dietsb.trainer.train.TrainingOrder;

/**
 * Which orders a trainer takes, and so where they wait. A trainer takes from one topic alone: the broker gives each member of the
 * group some of the topics it asks for, and not always that in which an order waits.
 */
public enum Takes {
    /** Runs and their proxies, which wait together, a proxy right behind its run. */
    ALL("training-orders"),
    /** Runs, whose proxies wait apart. */
    RUNS("training-orders"),
    /** Proxies of runs: small models, for which a trainer without a GPU will do. */
    PROXIES("proxy-orders");

    private final String topic;

    Takes(String topic) {
        this.topic = topic;
    }

    /** From which it takes. */
    String topic() {
        return topic;
    }

    /** Where an order waits that came to such a trainer by REST. */
    String topicOf(TrainingOrder order) {
        return (this == ALL || order.proxyOf() == null ? RUNS : PROXIES).topic;
    }

    /** As the setting names it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
