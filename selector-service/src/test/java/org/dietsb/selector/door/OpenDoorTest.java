package org.dietsb.selector.door;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Set;
import org.dietsb.kit.door.OpenDoorCases;
import org.dietsb.selector.topic.TestBroker;

@QuarkusTest
@QuarkusTestResource(TestBroker.class)
class OpenDoorTest extends OpenDoorCases {
    @Override
    protected List<String> someWriting() {
        return List.of("PUT /runs/{id}/policy", "PUT /policies/default");
    }

    /** A dry run computes what a policy would do and changes nothing. */
    @Override
    protected Set<String> changingNothing() {
        return Set.of("POST /policies/dry-run", "POST /runs/{id}/policy/dry-run");
    }

    @Override
    protected String resource() {
        return "/runs/1/policy";
    }
}
