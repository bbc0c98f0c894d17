package org.dietsb.trainer.door;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** An operation that the service publishes in its OpenAPI document. */
record Operation(String method, String path) {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    /** Every one, from the document that whoever may read gets. */
    static List<Operation> published(RequestSpecification caller) {
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

    boolean reads() {
        return READING.contains(method);
    }

    /** Calls it with something for each of its parameters, and a body that asks for nothing that there is. */
    Response call(RequestSpecification caller) {
        RequestSpecification request = given().spec(caller);
        return (reads() ? request : request.contentType("application/json").body("{\"no such key\": 1}"))
                .request(method, path.replaceAll("\\{[^}]*}", "1"));
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
