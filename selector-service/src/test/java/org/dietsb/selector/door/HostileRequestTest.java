package org.dietsb.selector.door;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.stream.Stream;
import org.dietsb.kit.door.HostileRequestCases;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class HostileRequestTest extends HostileRequestCases {
    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("GET", "/nothing/here", JSON, "", 404, ""),
                arguments("GET", "/runs/../../etc/passwd/policy", JSON, "", 404, ""),
                arguments("GET", "/runs/%2e%2e%2fx/policy", JSON, "", 404, "which no run has"),
                arguments("GET", "/runs/nobodys/policy", JSON, "", 404, "id is nobodys, which no run has"),
                arguments("DELETE", "/policies", JSON, "", 405, ""),
                arguments("PUT", "/policies/default", "text/plain", "baseline", 415, ""),
                arguments("PUT", "/policies/default", JSON, "", 400, "the body is missing, it should be a policy"),
                arguments("PUT", "/policies/default", JSON, "{'kind':", 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "[]", 400, "the body is not a JSON object"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'baseline'} {}", 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "[".repeat(5_000), 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'what'}", 400, "kind is what, allowed is one of"),
                arguments(
                        "PUT",
                        "/policies/default",
                        JSON,
                        "{'kind':'random','keep':'one'}",
                        400,
                        "keep is one, allowed is"),
                arguments("PUT", "/policies/default", JSON, "{'kind':1}", 400, "kind is 1, allowed is a string"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'random','interrupt':1.5}", 400, "an integer"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'random','kep':1}", 400, "kep is not a key"),
                arguments("PUT", "/policies/default?who=a%0Ab", JSON, "{'kind':'baseline'}", 400, "who is not a name"),
                arguments(
                        "POST",
                        "/policies/dry-run",
                        JSON,
                        "{'losses':['x']}",
                        400,
                        "losses.0 is x, allowed is a number"),
                arguments("POST", "/policies/dry-run", JSON, "{'losses':1}", 400, "a list of numbers"),
                arguments("POST", "/policies/dry-run", JSON, "{'seed':1e99}", 400, "an integer"),
                arguments("POST", "/policies/dry-run", JSON, "{'policy':[]}", 400, "a policy, as a JSON object"));
    }

    @Override
    protected String writing() {
        return "PUT /policies/default";
    }
}
