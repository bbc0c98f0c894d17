package org.dietsb.selector.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Set;
import org.dietsb.kit.door.DocumentCases;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class DocumentTest extends DocumentCases {
    @Override
    protected Set<String> changingNothing() {
        return Set.of("POST /policies/dry-run", "POST /runs/{id}/policy/dry-run");
    }
}
