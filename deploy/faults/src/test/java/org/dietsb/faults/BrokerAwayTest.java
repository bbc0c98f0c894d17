package org.dietsb.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Longer than a mask is waited for, and than it takes a selector to notice. */
class BrokerAwayTest {
    @Test
    void runsGoOnAfterTwelveSecondsWithoutABroker() {
        try (BrokerAway broker = new BrokerAway()) {
            broker.assertThatTheRunsGoOnAfter(Duration.ofSeconds(12));
        }
    }
}
