package org.dietsb.scorer.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.dietsb.kit.door.ClosedDoorCases;
import org.dietsb.scorer.scoring.BrokerResource;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@TestProfile(ClosedDoorTest.ScorerClosed.class)
class ClosedDoorTest extends ClosedDoorCases {
    /** Closed reading. */
    public static final class ScorerClosed extends Closed {
        public ScorerClosed() {
            super("scorer");
        }
    }

    @Override
    protected String readable() {
        return "/scorings";
    }
}
