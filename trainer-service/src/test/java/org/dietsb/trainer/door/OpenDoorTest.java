package org.dietsb.trainer.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.dietsb.kit.door.OpenDoorCases;
import org.dietsb.trainer.run.BrokerResource;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
class OpenDoorTest extends OpenDoorCases {
    @Override
    protected List<String> someWriting() {
        return List.of("POST /runs", "DELETE /runs/{id}");
    }

    @Override
    protected String resource() {
        return "/runs/1";
    }
}
