package org.dietsb.trainer.door;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.stream.Stream;
import org.dietsb.kit.door.HostileRequestCases;
import org.dietsb.trainer.run.BrokerResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
class HostileRequestTest extends HostileRequestCases {
    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("GET", "/nothing/here", JSON, "", 404, ""),
                arguments("GET", "/runs/nobodys", JSON, "", 404, "id is nobodys, which no run has"),
                arguments("GET", "/runs/%2e%2e%2f%2e%2e/model", JSON, "", 404, "which no run has"),
                arguments(
                        "GET",
                        "/datasets/%2e%2e%2fx/examples/0.png",
                        JSON,
                        "",
                        404,
                        "which is not a dataset on this trainer"),
                arguments("GET", "/datasets/fashion-mini/examples/-1.png", JSON, "", 404, ""),
                arguments("GET", "/datasets/fashion-mini/examples/x.png", JSON, "", 404, ""),
                arguments("DELETE", "/runs", JSON, "", 405, ""),
                arguments("GET", "/runs?state=over", JSON, "", 400, "state is over, allowed are"),
                arguments(
                        "GET",
                        "/runs?size=3",
                        JSON,
                        "",
                        400,
                        "query parameter size is unknown, allowed are limit, members, page"),
                arguments("POST", "/runs", "text/plain", "baseline", 415, ""),
                arguments("POST", "/runs", JSON, "{'id':", 400, "the body is not JSON"),
                arguments("POST", "/runs", JSON, "[]", 400, "the body is not a JSON object"),
                arguments("POST", "/runs", JSON, "[".repeat(5_000), 400, "the body is not JSON"),
                arguments("POST", "/runs", JSON, "{'epochs':'2'}", 400, "epochs is 2, allowed is an integer"),
                arguments("POST", "/runs", JSON, "{'epochs':100001}", 400, "epochs is 100001, allowed is [1, 100000]"),
                arguments(
                        "POST", "/runs", JSON, "{'batchSize':65537}", 400, "batchSize is 65537, allowed is [1, 65536]"),
                arguments("POST", "/runs", JSON, "{'window':65}", 400, "window is 65, allowed is [1, 64]"),
                arguments("POST", "/runs", JSON, "{'id':'../x'}", 400, "id is ../x, allowed is"),
                arguments("POST", "/runs", JSON, "{'id':'A'}", 400, "id is A, allowed is"),
                arguments("POST", "/runs", JSON, "{'dataset':'../x'}", 400, "dataset is ../x, allowed is one of"),
                arguments("POST", "/runs", JSON, "{'dataDir':'/etc'}", 400, "dataDir is /etc, allowed is"),
                arguments(
                        "POST",
                        "/runs",
                        JSON,
                        "{'dataDir':'/nowhere/../etc'}",
                        400,
                        "dataDir is /nowhere/../etc, allowed is"),
                arguments(
                        "POST",
                        "/runs",
                        JSON,
                        "{'policy':{'keep':2,'kind':'random'}}",
                        400,
                        "keep is 2, allowed is (0, 1]"),
                arguments("POST", "/runs", JSON, "{'seed':1e99}", 400, "an integer"));
    }

    @Override
    protected String writing() {
        return "POST /runs";
    }
}
