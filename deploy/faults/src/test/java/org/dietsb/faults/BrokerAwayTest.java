package org.dietsb.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerAwayTest {
    @Test
    void nothingIsLostAndNothingDies() throws Exception {
        try (BrokerAway broker = new BrokerAway()) {
            broker.assertNothingIsLostIn(Duration.ofSeconds(12));
        }
    }
}
