package org.dietsb.kit.door;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An operation in the OpenAPI document of the service under test.
 *
 * @param queries names of its query parameters
 */
public record Operation(String method, String path, List<String> queries, boolean takesBody) {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    /** Returns every operation of the document, which the caller must be allowed to read. */
    @SuppressWarnings("unchecked")
    public static List<Operation> published(RequestSpecification caller) {
        Map<String, Map<String, Object>> paths = caller.get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        List<Operation> all = new ArrayList<>();
        paths.forEach((path, item) -> item.forEach((method, operation) -> {
            if (METHODS.contains(method)) {
                Map<String, Object> described = (Map<String, Object>) operation;
                all.add(new Operation(
                        method.toUpperCase(Locale.ROOT),
                        path,
                        queries(described),
                        described.containsKey("requestBody")));
            }
        }));
        return all;
    }

    @SuppressWarnings("unchecked")
    private static List<String> queries(Map<String, Object> operation) {
        return ((List<Map<String, Object>>) operation.getOrDefault("parameters", List.of()))
                .stream()
                        .filter(parameter -> "query".equals(parameter.get("in")))
                        .map(parameter -> String.valueOf(parameter.get("name")))
                        .toList();
    }

    public boolean reads() {
        return READING.contains(method);
    }

    /** Calls the operation with a value for each path parameter, and with a body that has no valid key. */
    public Response call(RequestSpecification caller) {
        return call(caller, "");
    }

    /** Calls the operation in the same way, with a query such as {@code ?to=1}. */
    public Response call(RequestSpecification caller, String query) {
        RequestSpecification request = given().spec(caller);
        return (reads() ? request : request.contentType("application/json").body("{\"no such key\": 1}"))
                .request(method, location() + query);
    }

    /** Returns the path with a value for each path parameter. */
    String location() {
        return path.replaceAll("\\{[^}]*}", "1");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
