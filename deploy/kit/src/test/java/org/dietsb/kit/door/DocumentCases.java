package org.dietsb.kit.door;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.arc.Arc;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The OpenAPI document of a service is valid, and the service does what it states. {@link Declared} checks each response. */
public abstract class DocumentCases {
    /** Returns the operations that require only reading although their method is one for writing. */
    protected Set<String> changingNothing() {
        return Set.of();
    }

    private static String document() {
        return Callers.reader().get("/q/openapi?format=json").asString();
    }

    private static SwaggerParseResult parsed(String document) {
        return new OpenAPIV3Parser().readContents(document, null, new ParseOptions());
    }

    @Test
    void aValidatorPassesTheDocument() {
        assertThat(parsed(document()).getMessages()).isEmpty();
    }

    @Test
    void everyReferenceIsToAPartOfTheDocument() {
        JsonPath document = JsonPath.from(document());
        List<String> references = Pattern.compile("\"\\$ref\" ?: ?\"#/([^\"]+)\"")
                .matcher(document())
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
        assertThat(references).hasSizeGreaterThan(10);
        for (String reference : references) {
            assertThat(document.<Object>get(reference.replace('/', '.')))
                    .as(reference)
                    .isNotNull();
        }
    }

    @Test
    void theValidatorFindsFaults() {
        for (String key : List.of("description", "responses", "schemas", "title")) {
            assertThat(parsed(document().replace("\"" + key + "\"", "\"wrong " + key + "\""))
                            .getMessages())
                    .as(key)
                    .isNotEmpty();
        }
    }

    @Test
    void everyOperationHasANameAndASummaryOfItsOwn() {
        OpenAPI document = parsed(document()).getOpenAPI();
        Set<String> names = new HashSet<>();
        document.getPaths().forEach((path, item) -> item.readOperations().forEach(operation -> {
            assertThat(operation.getOperationId()).as(path).isNotBlank();
            assertThat(names.add(operation.getOperationId()))
                    .as(operation.getOperationId())
                    .isTrue();
            assertThat(operation.getSummary()).as(path).isNotBlank();
            assertThat(operation.getTags()).as(path).hasSize(1);
        }));
        assertThat(names).hasSizeGreaterThan(3);
    }

    @Test
    void everyPositiveResponseStatesItsForm() {
        OpenAPI document = parsed(document()).getOpenAPI();
        document.getPaths().forEach((path, item) -> item.readOperations().forEach(operation -> {
            assertThat(operation.getResponses().keySet()).as(path).anyMatch(status -> status.startsWith("2"));
            operation.getResponses().forEach((status, response) -> {
                if (status.startsWith("2") && !status.equals("204")) {
                    response.getContent().forEach((type, content) -> assertThat(content.getSchema())
                            .as("%s %s %s", path, status, type)
                            .isNotNull()
                            .matches(schema -> schema.get$ref() != null || schema.getTypes() != null));
                }
            });
        }));
    }

    @Test
    void everyFieldOfABodyHasATypeAndADescription() {
        OpenAPI document = parsed(document()).getOpenAPI();
        for (Operation operation : Operation.published(Callers.reader())) {
            if (operation.takesBody()) {
                Map<String, Schema<?>> fields = fields(document, operation);
                assertThat(fields).as(operation.toString()).isNotEmpty();
                fields.forEach((name, field) -> {
                    assertThat(field.getDescription())
                            .as("%s %s", operation, name)
                            .isNotBlank();
                    assertThat(field.get$ref() != null || field.getTypes() != null)
                            .as("%s %s", operation, name)
                            .isTrue();
                });
            }
        }
    }

    @Test
    void theDocumentHasTheFieldsThatRefusalsAreMadeFrom() {
        JsonPath document = JsonPath.from(document());
        DescribedBodies bodies = Arc.container().instance(DescribedBodies.class).get();
        bodies.fields()
                .forEach((schema, described) -> described.forEach((field, keywords) -> {
                    Map<String, Object> stated =
                            document.getMap("components.schemas." + schema + ".properties." + field);
                    if (keywords.isEmpty()) {
                        assertThat(stated).as(field).isNull();
                    } else {
                        keywords.forEach((keyword, value) -> assertThat(stated.get(keyword))
                                .as("%s %s", field, keyword)
                                .satisfies(found -> {
                                    if (value instanceof Number number) {
                                        assertThat(((Number) found).floatValue())
                                                .isEqualTo(number.floatValue());
                                    } else {
                                        assertThat(found).isEqualTo(value);
                                    }
                                }));
                    }
                }));
    }

    /** Sends a value just outside what the document states, for each field of the bodies of operations that order. */
    @Test
    void whatTheDocumentDoesNotAllowIsRefused() {
        OpenAPI document = parsed(document()).getOpenAPI();
        for (Operation operation : Operation.published(Callers.reader())) {
            if (ordering().contains(operation.toString())) {
                fields(document, operation)
                        .forEach((name, field) -> refusals(field).forEach(value -> {
                            Response response = Callers.writer()
                                    .contentType("application/json")
                                    .body("{\"%s\": %s}".formatted(name, value))
                                    .request(operation.method(), operation.location());
                            assertThat(response.statusCode())
                                    .as("%s %s", name, value)
                                    .isEqualTo(400);
                            assertThat(response.asString()).contains(name + " is ");
                        }));
            }
        }
    }

    /** Returns the operations that refuse a body because of one field alone, and need no other. */
    protected Set<String> ordering() {
        return Set.of();
    }

    /** Returns values in JSON that the schema forbids. */
    private static List<String> refusals(Schema<?> field) {
        List<String> values = new ArrayList<>();
        if (field.getEnum() != null) {
            values.add("\"none of these\"");
        }
        BigDecimal step = new BigDecimal("integer".equals(type(field)) ? "1" : "0.0001");
        if (field.getMinimum() != null) {
            values.add(field.getMinimum().subtract(step).toPlainString());
        }
        if (field.getMaximum() != null) {
            values.add(field.getMaximum().add(step).toPlainString());
        }
        if (field.getExclusiveMinimumValue() != null) {
            values.add(field.getExclusiveMinimumValue().toPlainString());
        }
        if (field.getExclusiveMaximumValue() != null) {
            values.add(field.getExclusiveMaximumValue().toPlainString());
        }
        return values;
    }

    private static String type(Schema<?> field) {
        return field.getTypes() == null ? "" : field.getTypes().iterator().next();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Schema<?>> fields(OpenAPI document, Operation operation) {
        Schema<?> body = described(document, operation)
                .getRequestBody()
                .getContent()
                .values()
                .iterator()
                .next()
                .getSchema();
        String name = body.get$ref().replaceAll(".*/", "");
        return (Map<String, Schema<?>>) (Map<String, ?>)
                document.getComponents().getSchemas().getOrDefault(name, body).getProperties();
    }

    @Test
    void aTokenIsRequiredWhereTheDocumentStatesIt() {
        verifyTokens(changingNothing());
    }

    /**
     * Asserts that each operation requires the token that the document states.
     *
     * @param changingNothing operations that require only reading although their method is one for writing
     */
    static void verifyTokens(Set<String> changingNothing) {
        OpenAPI document = parsed(document()).getOpenAPI();
        SecurityScheme bearer =
                document.getComponents().getSecuritySchemes().getOrDefault("bearer", new SecurityScheme());
        assertThat(bearer.getType()).isEqualTo(SecurityScheme.Type.HTTP);
        assertThat(bearer.getScheme()).isEqualTo("bearer");
        for (Operation operation : Operation.published(Callers.reader())) {
            List<SecurityRequirement> security = described(document, operation).getSecurity();
            boolean open = operation.call(Callers.nobody()).statusCode() != 401;
            assertThat(security.isEmpty()).as(operation.toString()).isEqualTo(open);
            boolean readers = operation.call(Callers.reader()).statusCode() != 403;
            Set<String> roles = security.stream()
                    .flatMap(one -> one.getOrDefault("bearer", List.of()).stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(roles)
                    .as(operation.toString())
                    .isEqualTo(open ? Set.of() : Set.of(readers ? Role.READER : Role.WRITER));
            assertThat(operation.reads() || changingNothing.contains(operation.toString()))
                    .as(operation.toString())
                    .isEqualTo(readers);
        }
    }

    private static io.swagger.v3.oas.models.Operation described(OpenAPI document, Operation operation) {
        PathItem item = Objects.requireNonNull(document.getPaths().get(operation.path()));
        return Objects.requireNonNull(item.readOperationsMap().get(PathItem.HttpMethod.valueOf(operation.method())));
    }

    /** {@link Declared} fails each call whose status or media type the document does not state. */
    @Test
    void everyOperationAnswersAsTheDocumentStates() {
        for (Operation operation : Operation.published(Callers.reader())) {
            for (RequestSpecification caller : List.of(
                    Callers.nobody(),
                    Callers.reader(),
                    Callers.writer(),
                    given().filter(new Declared()).auth().oauth2("an-unknown-token"),
                    Callers.writer().header("Host", "elsewhere.example"),
                    Callers.writer().accept("image/unknown"))) {
                assertThat(operation.call(caller).statusCode()).isGreaterThanOrEqualTo(200);
            }
            Response unknown = operation.call(Callers.writer(), "?nothing=1");
            assertThat(unknown.statusCode()).isEqualTo(400);
            if (operation.takesBody()) {
                assertThat(Callers.writer()
                                .contentType("text/plain")
                                .body("x")
                                .request(operation.method(), operation.location())
                                .statusCode())
                        .isEqualTo(415);
            }
        }
    }
}
