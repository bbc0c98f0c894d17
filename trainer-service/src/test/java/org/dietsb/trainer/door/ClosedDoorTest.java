package org.dietsb.trainer.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.dietsb.kit.door.ClosedDoorCases;
import org.dietsb.trainer.run.BrokerResource;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
@TestProfile(ClosedDoorTest.TrainerClosed.class)
class ClosedDoorTest extends ClosedDoorCases {
    /** Closed reading. */
    public static final class TrainerClosed extends Closed {
        public TrainerClosed() {
            super("trainer");
        }
    }

    @Override
    protected String readable() {
        return "/runs";
    }
}
