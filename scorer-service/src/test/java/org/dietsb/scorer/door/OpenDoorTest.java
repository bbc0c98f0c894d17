package org.dietsb.scorer.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.dietsb.kit.door.OpenDoorCases;
import org.dietsb.scorer.scoring.BrokerResource;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class OpenDoorTest extends OpenDoorCases {
    @Override
    protected List<String> someWriting() {
        return List.of("POST /scorings");
    }

    @Override
    protected String resource() {
        return "/scorings/1";
    }
}
