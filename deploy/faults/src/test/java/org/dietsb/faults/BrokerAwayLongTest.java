package org.dietsb.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerAwayLongTest {
    @Test
    void runsGoOnAfterAMinuteWithoutABroker() {
        try (BrokerAway broker = new BrokerAway()) {
            broker.assertThatTheRunsGoOnAfter(Duration.ofSeconds(60));
        }
    }
}
