package org.dietsb.kit.door;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.net.URI;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Asserts of every response in a test that the OpenAPI document of the service declares its status and its media type. Paths that are not
 * in the document, such as those of pages, are not checked.
 */
public final class Declared implements Filter {
    /** The documents by port. */
    private static final Map<Integer, JsonPath> DOCUMENTS = new ConcurrentHashMap<>();

    private static final int METHOD_NOT_ALLOWED = 405;

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification expected, FilterContext context) {
        Response response = context.next(request, expected);
        URI uri = URI.create(request.getURI());
        boolean preflight = request.getHeaders().hasHeaderWithName("Access-Control-Request-Method");
        if (!uri.getPath().startsWith("/q/") && !preflight) {
            JsonPath document = DOCUMENTS.computeIfAbsent(uri.getPort(), port -> read(uri));
            path(document, uri.getRawPath())
                    .ifPresent(item -> check(
                            document,
                            item,
                            request.getMethod().toLowerCase(Locale.ROOT),
                            response,
                            request.getMethod() + " " + uri));
        }
        return response;
    }

    private static JsonPath read(URI service) {
        URI document = service.resolve("/q/openapi?format=json");
        Response response =
                given().noFilters().auth().oauth2(Callers.READER_TOKEN).get(document);
        if (response.statusCode() == 401) {
            // A service without tokens accepts none, and lets everybody read.
            response = given().noFilters().auth().none().get(document);
        }
        return response.then().statusCode(200).extract().jsonPath();
    }

    /** Returns the item whose path matches; of several, the one with the fewest parameters. */
    private static Optional<Map<String, Map<String, Object>>> path(JsonPath document, String path) {
        Map<String, Map<String, Map<String, Object>>> paths = document.getMap("paths");
        return paths.entrySet().stream()
                .filter(entry -> Pattern.matches(expression(entry.getKey()), path))
                .min(Comparator.comparingLong(
                        entry -> entry.getKey().chars().filter(c -> c == '{').count()))
                .map(Map.Entry::getValue);
    }

    /** Returns the regular expression of the paths that a template stands for. */
    private static String expression(String template) {
        return Arrays.stream(template.split("\\{[^}]*}", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("[^/]+"));
    }

    @SuppressWarnings("unchecked")
    private static void check(
            JsonPath document,
            Map<String, Map<String, Object>> item,
            String method,
            Response response,
            String description) {
        Map<String, Object> operation = item.get(method);
        if (operation == null) {
            assertThat(response.statusCode()).as(description).isIn(401, 403, METHOD_NOT_ALLOWED, 421);
            return;
        }
        Map<String, Map<String, Object>> responses =
                (Map<String, Map<String, Object>>) operation.getOrDefault("responses", Map.of());
        String status = String.valueOf(response.statusCode());
        assertThat(responses).as(description).containsKey(status);
        if (!response.asString().isEmpty()) {
            Map<String, Object> declared = resolved(document, responses.getOrDefault(status, Map.of()));
            Map<String, Object> content = (Map<String, Object>) declared.getOrDefault("content", Map.of());
            assertThat(content)
                    .as("%s, status %s", description, response.statusCode())
                    .containsKey(response.contentType().replaceAll(";.*", ""));
        }
    }

    private static Map<String, Object> resolved(JsonPath document, Map<String, Object> response) {
        Object reference = response.get("$ref");
        return reference == null
                ? response
                : document.getMap(
                        String.valueOf(reference).substring("#/".length()).replace('/', '.'));
    }
}
