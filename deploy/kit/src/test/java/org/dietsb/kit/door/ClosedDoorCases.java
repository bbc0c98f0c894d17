package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.jwt.build.Jwt;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** With closed reading, callers without a role get nothing. Tokens are the configured ones and those that an OpenID Connect server signs. */
public abstract class ClosedDoorCases {
    private static final String ISSUER = "https://tokens.example";
    /** The origin of pages that may call the service. */
    protected static final String PAGE = "https://page.example";

    /** Closes reading, and configures the public key of the OpenID Connect server, so that the service need not fetch it. */
    public abstract static class Closed implements QuarkusTestProfile {
        // System properties, because the profile and the test load this class in class loaders of their own.
        private static final String PRIVATE = "dietsb.test.signing-key";

        static {
            if (System.getProperty(PRIVATE) == null) {
                try {
                    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
                    System.setProperty(
                            PRIVATE,
                            Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
                    System.setProperty(
                            PRIVATE + ".public",
                            Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
                } catch (NoSuchAlgorithmException everyJavaHasIt) {
                    throw new AssertionError(everyJavaHasIt);
                }
            }
        }

        private final String service;

        protected Closed(String service) {
            this.service = service;
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dietsb." + service + ".reading",
                    "closed",
                    "quarkus.oidc.tenant-enabled",
                    "true",
                    "quarkus.oidc.public-key",
                    System.getProperty(PRIVATE + ".public"),
                    "quarkus.oidc.token.issuer",
                    ISSUER,
                    "quarkus.oidc.roles.role-claim-path",
                    "dietsb/roles",
                    "quarkus.http.cors.enabled",
                    "true",
                    "quarkus.http.cors.origins",
                    PAGE);
        }
    }

    /** Returns a path that can be read. */
    protected abstract String readable();

    /** Returns whether an operation changes anything. */
    protected boolean writes(Operation operation) {
        return !operation.reads();
    }

    private static RequestSpecification signed(Duration validFor, String... roles) {
        return RestAssured.given().auth().oauth2(token(validFor, roles));
    }

    protected static String token(Duration validFor, String... roles) {
        return Jwt.issuer(ISSUER)
                .subject("someone")
                .claim("dietsb", Map.of("roles", Set.of(roles)))
                .expiresIn(validFor)
                .sign(key());
    }

    private static PrivateKey key() {
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(System.getProperty(Closed.PRIVATE))));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<Operation> published() {
        return Operation.published(Callers.reader());
    }

    @Test
    void answersNothingWithoutAToken() {
        assertThat(published()).hasSizeGreaterThan(3);
        for (Operation operation : published()) {
            operation
                    .call(Callers.nobody())
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", equalTo("Bearer"))
                    .contentType("application/problem+json");
        }
        Callers.nobody().get("/q/openapi").then().statusCode(401);
        Callers.nobody().get("/nothing/here").then().statusCode(401);
    }

    @Test
    void theDocumentStatesATokenForEveryOperation() {
        DocumentCases.verifyTokens(published().stream()
                .filter(operation -> !operation.reads() && !writes(operation))
                .map(Operation::toString)
                .collect(Collectors.toSet()));
    }

    @Test
    void pagesOfTheConfiguredOriginAloneRead() {
        Response allowed = Callers.reader().header("Origin", PAGE).get(readable());
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(allowed.header("Access-Control-Expose-Headers")).contains("ETag");
        // A browser asks first, and without a token.
        Response asked = Callers.nobody()
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "PUT")
                .header("Access-Control-Request-Headers", "authorization,if-match")
                .options(readable());
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.header("Access-Control-Allow-Methods")).contains("PUT");
        assertThat(asked.header("Access-Control-Allow-Headers")).contains("if-match");
        for (String other : List.of("https://elsewhere.example", "http://page.example", "null")) {
            Response refused = Callers.reader().header("Origin", other).get(readable());
            assertThat(refused.header("Access-Control-Allow-Origin")).as(other).isNull();
        }
    }

    @Test
    void everyRoleReads() {
        Duration hour = Duration.ofHours(1);
        for (Operation operation : published().stream().filter(Operation::reads).toList()) {
            for (RequestSpecification caller : List.of(
                    Callers.reader(), Callers.writer(), signed(hour, "dietsb-reader"), signed(hour, "dietsb-writer"))) {
                assertThat(operation.call(caller).statusCode())
                        .as(operation.toString())
                        .isNotIn(401, 403);
            }
        }
    }

    @Test
    void onlySignedWriterTokensMayWrite() {
        Duration hour = Duration.ofHours(1);
        for (Operation operation : published().stream().filter(this::writes).toList()) {
            assertThat(operation.call(signed(hour, "dietsb-writer")).statusCode())
                    .isNotIn(401, 403);
            operation
                    .call(signed(hour, "dietsb-reader"))
                    .then()
                    .statusCode(403)
                    .contentType("application/problem+json");
            operation.call(signed(hour, "another-role")).then().statusCode(403);
        }
    }

    @Test
    void rejectsExpiredAndForgedTokens() throws NoSuchAlgorithmException {
        String forged = Jwt.issuer(ISSUER)
                .subject("someone")
                .claim("dietsb", Map.of("roles", Set.of("dietsb-writer")))
                .expiresIn(Duration.ofHours(1))
                .sign(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate());
        for (RequestSpecification caller : List.of(
                signed(Duration.ofHours(-1), "dietsb-writer"),
                RestAssured.given().auth().oauth2(forged),
                RestAssured.given().auth().oauth2("not.a.token"))) {
            caller.get(readable())
                    .then()
                    .statusCode(401)
                    .contentType("application/problem+json")
                    .body("detail", equalTo("the token is not valid here"));
        }
    }
}
