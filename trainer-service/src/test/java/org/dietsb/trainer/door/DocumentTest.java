package org.dietsb.trainer.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Set;
import org.dietsb.kit.door.DocumentCases;
import org.dietsb.trainer.run.BrokerResource;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
class DocumentTest extends DocumentCases {
    @Override
    protected Set<String> ordering() {
        return Set.of("POST /runs");
    }
}
