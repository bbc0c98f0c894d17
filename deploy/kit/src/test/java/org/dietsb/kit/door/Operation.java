package org.dietsb.kit.door;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** An operation in the OpenAPI document of the service under test. */
public record Operation(String method, String path) {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    /** Returns every operation of the document, which the caller must be allowed to read. */
    public static List<Operation> published(RequestSpecification caller) {
        Map<String, Map<String, Object>> paths = caller.get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        List<Operation> all = new ArrayList<>();
        paths.forEach((path, item) -> item.keySet().stream()
                .filter(key -> Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace")
                        .contains(key))
                .forEach(method -> all.add(new Operation(method.toUpperCase(Locale.ROOT), path))));
        return all;
    }

    public boolean reads() {
        return READING.contains(method);
    }

    /** Calls the operation with a value for each path parameter, and with a body that has no valid key. */
    public Response call(RequestSpecification caller) {
        RequestSpecification request = given().spec(caller);
        return (reads() ? request : request.contentType("application/json").body("{\"no such key\": 1}"))
                .request(method, path.replaceAll("\\{[^}]*}", "1"));
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
