package org.dietsb.scorer.door;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.stream.Stream;
import org.dietsb.kit.door.HostileRequestCases;
import org.dietsb.scorer.scoring.BrokerResource;
import org.junit.jupiter.params.provider.Arguments;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class HostileRequestTest extends HostileRequestCases {
    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("GET", "/nothing/here", JSON, "", 404, ""),
                arguments("GET", "/scorings/nobodys", JSON, "", 404, "id is nobodys, which no scoring has"),
                arguments("GET", "/score-sets/%2e%2e%2fx", JSON, "", 404, "which no finished score set has"),
                arguments("GET", "/score-sets/x/lowest?count=x", JSON, "", 404, "which no finished score set has"),
                arguments("DELETE", "/scorings", JSON, "", 405, ""),
                arguments("GET", "/scorings?state=over", JSON, "", 400, "state is over, allowed are"),
                arguments("GET", "/scorings?limit=0", JSON, "", 400, "limit is 0, allowed is [1, 1000]"),
                arguments("GET", "/scorings?page=none", JSON, "", 400, "page is none, allowed is"),
                arguments("DELETE", "/score-sets/none", JSON, "", 404, "id is none, which no finished score set has"),
                arguments("POST", "/scorings", "text/plain", "baseline", 415, ""),
                arguments("POST", "/scorings", JSON, "{'id':", 400, "the body is not JSON"),
                arguments("POST", "/scorings", JSON, "[]", 400, "the body is not a JSON object"),
                arguments("POST", "/scorings", JSON, "[".repeat(5_000), 400, "the body is not JSON"),
                arguments("POST", "/scorings", JSON, "{'members':'2'}", 400, "members is 2, allowed is an integer"),
                arguments("POST", "/scorings", JSON, "{'members':101}", 400, "members is 101, allowed is [1, 100]"),
                arguments("POST", "/scorings", JSON, "{'epochs':0}", 400, "epochs is 0, allowed is [1, 100000]"),
                arguments("POST", "/scorings", JSON, "{'batchSize':65537}", 400, "batchSize is 65537"),
                arguments("POST", "/scorings", JSON, "{'window':65}", 400, "window is 65, allowed is [1, 64]"),
                arguments("POST", "/scorings", JSON, "{'id':'../x'}", 400, "id is ../x, allowed is"),
                arguments("POST", "/scorings", JSON, "{'dataset':'../x'}", 400, "dataset is ../x, allowed is"),
                arguments(
                        "POST",
                        "/scorings",
                        JSON,
                        "{'dataDir':'/data/../etc'}",
                        400,
                        "dataDir is /data/../etc, allowed is"),
                arguments("POST", "/scorings", JSON, "{'dataDir':'data'}", 400, "dataDir is data, allowed is"),
                arguments(
                        "POST",
                        "/scorings",
                        JSON,
                        "{'learningRate':'NaN'}",
                        400,
                        "learningRate is NaN, allowed is (0, 1000000)"),
                arguments("POST", "/scorings", JSON, "{'seed':1e99}", 400, "an integer"));
    }

    @Override
    protected String writing() {
        return "POST /scorings";
    }
}
