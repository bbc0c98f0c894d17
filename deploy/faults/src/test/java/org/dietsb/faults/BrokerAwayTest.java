package org.dietsb.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Longer than the mask timeout, and longer than a selector takes to notice. */
class BrokerAwayTest {
    @Test
    void runsContinueAfterTwelveSecondsWithoutABroker() {
        try (BrokerAway broker = new BrokerAway()) {
            broker.assertThatRunsContinueAfter(Duration.ofSeconds(12));
        }
    }
}
