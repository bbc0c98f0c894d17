package org.dietsb.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerAwayLongTest {
    @Test
    void runsContinueAfterAMinuteWithoutABroker() {
        try (BrokerAway broker = new BrokerAway()) {
            broker.assertThatRunsContinueAfter(Duration.ofSeconds(60));
        }
    }
}
