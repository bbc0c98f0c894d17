package org.dietsb.kit.door;

import io.quarkus.arc.Arc;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the OpenAPI document of a service with what is the same for all operations: the token that an operation requires here, by the
 * settings of this process, the responses to requests that are rejected before they reach the operation, and the fields of request bodies.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class DoorDocument implements OASFilter {
    private static final String BEARER = "bearer";
    private static final String OIDC = "openIdConnect";
    private static final Set<PathItem.HttpMethod> READING =
            Set.of(PathItem.HttpMethod.GET, PathItem.HttpMethod.HEAD, PathItem.HttpMethod.OPTIONS);

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Access access = Arc.container().instance(Access.class).get();
        Config config = ConfigProvider.getConfig();
        Components components = Optional.ofNullable(document.getComponents()).orElseGet(OASFactory::createComponents);
        document.setComponents(components);
        schemes(config).forEach(components::addSecurityScheme);
        for (Rejection rejection : Rejection.values()) {
            components.addResponse(rejection.label(), rejection.response());
        }
        Arc.container().instance(DescribedBodies.class).get().describe(components);
        relativeInstances(components);
        Set<String> harmless = harmless(config);
        boolean closed = access.config().reading() == DoorConfig.Door.CLOSED;
        Set<String> schemes = components.getSecuritySchemes().keySet();
        document.getPaths().getPathItems().forEach((path, item) -> item.getOperations()
                .forEach((method, operation) -> {
                    boolean reads = READING.contains(method) || harmless.contains(path.replaceAll("\\{[^}]*}", "*"));
                    if (!reads) {
                        operation.setSecurity(required(schemes, Role.WRITER));
                    } else if (closed) {
                        operation.setSecurity(required(schemes, Role.READER));
                    } else {
                        operation.setSecurity(List.of());
                    }
                    complete(operation, path.contains("{"), !reads || closed);
                }));
    }

    /** The library's schema of problems calls their instance an absolute URI; it is the path of the request. */
    private static void relativeInstances(Components components) {
        Optional.ofNullable(components.getSchemas())
                .map(schemas -> schemas.get("HttpProblem"))
                .map(Schema::getProperties)
                .map(properties -> properties.get("instance"))
                .ifPresent(instance -> instance.setFormat("uri-reference"));
    }

    private static Map<String, SecurityScheme> schemes(Config config) {
        Map<String, SecurityScheme> schemes = new TreeMap<>();
        schemes.put(
                BEARER,
                OASFactory.createSecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description("A token of this service's settings, for readers or for writers, or one of OpenID"
                                + " Connect where that is configured. A writer may read, too."));
        if (config.getOptionalValue("quarkus.oidc.tenant-enabled", Boolean.class)
                .orElse(false)) {
            config.getOptionalValue("quarkus.oidc.auth-server-url", String.class)
                    .ifPresent(server -> schemes.put(
                            OIDC,
                            OASFactory.createSecurityScheme()
                                    .type(SecurityScheme.Type.OPENIDCONNECT)
                                    .openIdConnectUrl(
                                            server.replaceAll("/+$", "") + "/.well-known/openid-configuration")
                                    .description("A token of this server with role " + Role.READER + " or "
                                            + Role.WRITER + ".")));
        }
        return schemes;
    }

    /** Returns the paths, with * for a variable part, of operations that require only reading although their method is one for writing. */
    private static Set<String> harmless(Config config) {
        return config.getOptionalValue("quarkus.http.auth.permission.dry-run.paths", String.class)
                .map(paths -> Arrays.stream(paths.split(",")).map(String::strip).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    private static List<SecurityRequirement> required(Set<String> schemes, String role) {
        return schemes.stream()
                .map(scheme -> OASFactory.createSecurityRequirement().addScheme(scheme, role))
                .toList();
    }

    /**
     * Adds the responses that the operation does not describe itself, and the form of a problem to those that it does.
     *
     * @param guarded whether a token without the role is rejected
     */
    private static void complete(Operation operation, boolean hasId, boolean guarded) {
        APIResponses responses = operation.getResponses();
        boolean takesBody = operation.getRequestBody() != null;
        for (Rejection rejection : Rejection.values()) {
            String status = String.valueOf(rejection.status());
            APIResponse own = responses.getAPIResponse(status);
            boolean said = own != null && !own.getDescription().equals(rejection.words());
            if (rejection.concerns(hasId, takesBody, guarded) && !said) {
                responses.addAPIResponse(
                        status, OASFactory.createAPIResponse().ref("#/components/responses/" + rejection.label()));
            }
        }
        responses.getAPIResponses().forEach((status, response) -> {
            if (status.compareTo("400") >= 0 && response.getRef() == null) {
                response.setContent(problem());
            }
            if (status.equals("503") && response.getRef() == null) {
                response.addHeader("Retry-After", Rejection.pause());
            }
        });
    }

    private static Content problem() {
        Schema schema = OASFactory.createSchema().ref("#/components/schemas/HttpProblem");
        return OASFactory.createContent()
                .addMediaType(
                        "application/problem+json", OASFactory.createMediaType().schema(schema));
    }

    /** A response that does not depend on the operation. */
    private enum Rejection {
        INVALID(400, "Bad Request", "a parameter, the query or the body is malformed or out of range; detail names it"),
        UNAUTHORIZED(401, "Unauthorized", "the token is missing or not valid here"),
        FORBIDDEN(403, "Forbidden", "the token lacks the role"),
        ABSENT(404, "Not Found", "no such resource"),
        NOT_ACCEPTABLE(406, "Not Acceptable", "the operation has no such media type"),
        TOO_LARGE(413, "Content Too Large", "the body is longer than allowed"),
        UNSUPPORTED(415, "Unsupported Media Type", "the body has another media type"),
        MISDIRECTED(421, "Misdirected Request", "the host is not one of this service"),
        INTERNAL(500, "Internal Server Error", "internal error; the log has it under the id in detail"),
        UNAVAILABLE(503, "Service Unavailable", "a topic cannot be read or written now; try again after Retry-After");

        private final int status;
        private final String words;
        private final String meaning;

        Rejection(int status, String words, String meaning) {
            this.status = status;
            this.words = words;
            this.meaning = meaning;
        }

        int status() {
            return status;
        }

        /** Returns the words of the status, which stand for a description where there is none. */
        String words() {
            return words;
        }

        String label() {
            return words.replace(" ", "");
        }

        boolean concerns(boolean hasId, boolean takesBody, boolean guarded) {
            return switch (this) {
                case INVALID, UNAUTHORIZED, NOT_ACCEPTABLE, MISDIRECTED, INTERNAL, UNAVAILABLE -> true;
                case FORBIDDEN -> guarded;
                case ABSENT -> hasId;
                case TOO_LARGE, UNSUPPORTED -> takesBody;
            };
        }

        APIResponse response() {
            APIResponse response =
                    OASFactory.createAPIResponse().description(meaning).content(problem());
            return switch (this) {
                case UNAUTHORIZED -> response.addHeader("WWW-Authenticate", challenge());
                case UNAVAILABLE -> response.addHeader("Retry-After", pause());
                default -> response;
            };
        }

        static Header pause() {
            return OASFactory.createHeader()
                    .description("seconds after which the request may be sent again")
                    .schema(OASFactory.createSchema().addType(Schema.SchemaType.INTEGER));
        }

        private static Header challenge() {
            return OASFactory.createHeader()
                    .description("Bearer, and error=\"invalid_token\" if a token came")
                    .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING));
        }
    }
}
