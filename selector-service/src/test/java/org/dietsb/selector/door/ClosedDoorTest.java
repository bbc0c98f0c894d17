package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.jwt.build.Jwt;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Test;

/** With reading closed, and with tokens that an OpenID Connect server signed: who comes without a role gets nothing. */
@QuarkusTest
@QuarkusTestResource(TestBroker.class)
@TestProfile(ClosedDoorTest.Closed.class)
class ClosedDoorTest {
    private static final String ISSUER = "https://tokens.example";

    /** Reading closed; the key of the server that signs is configured, so that none need be asked. */
    public static final class Closed implements QuarkusTestProfile {
        // Set once for all that loads this class: the profile and the test do so in class loaders of their own.
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

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dietsb.selector.reading", "closed",
                    "quarkus.oidc.tenant-enabled", "true",
                    "quarkus.oidc.public-key", System.getProperty(PRIVATE + ".public"),
                    "quarkus.oidc.token.issuer", ISSUER,
                    "quarkus.oidc.roles.role-claim-path", "dietsb/roles");
        }
    }

    private static RequestSpecification signed(Duration validFor, String... roles) {
        return RestAssured.given().auth().oauth2(token(validFor, roles));
    }

    private static String token(Duration validFor, String... roles) {
        return Jwt.issuer(ISSUER)
                .subject("someone")
                .claim("dietsb", Map.of("roles", Set.of(roles)))
                .expiresIn(validFor)
                .sign(key());
    }

    /** As a browser asks for pages and sends forms of this service's own. */
    private static RequestSpecification browser(Map<String, String> cookies) {
        return Callers.nobody()
                .redirects()
                .follow(false)
                .accept("text/html")
                .header("Origin", "http://localhost:" + RestAssured.port)
                .cookies(cookies);
    }

    /** The cookies of who shows this token at the control room's door. */
    private static Map<String, String> signedIn(String token) {
        return browser(Map.of())
                .formParams("token", token, "name", "ada", "back", "/control/order")
                .post("/control/sign-in")
                .then()
                .statusCode(303)
                .header("Location", endsWith("/control/order"))
                .extract()
                .cookies();
    }

    private static Response setDefault(Map<String, String> cookies) {
        return browser(cookies).formParams("kind", "random", "keep", ".5").post("/control/default-policy");
    }

    private static java.security.PrivateKey key() {
        try {
            return java.security.KeyFactory.getInstance("RSA")
                    .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(
                            Base64.getDecoder().decode(System.getProperty(Closed.PRIVATE))));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<Operation> published() {
        return Operation.published(Callers.reader());
    }

    @Test
    void nothingIsAnsweredWithoutAToken() {
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
    void ofTheSignedOnlyThoseOfWritersWrite() {
        Duration hour = Duration.ofHours(1);
        for (Operation operation : published().stream()
                .filter(one -> !one.reads() && !one.path().endsWith("/dry-run"))
                .toList()) {
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
    void whoAsksForAPageIsShownToTheDoorAndComesBack() {
        // Given: nobody, with no cookie and with one that lets nobody in
        for (Map<String, String> cookies :
                List.of(Map.<String, String>of(), Map.of("dietsb-token", "one-that-was-good-once"))) {
            for (String page : List.of("/", "/control/order", "/control/runs/nobodys")) {
                browser(cookies)
                        .get(page)
                        .then()
                        .statusCode(303)
                        .header(
                                "Location",
                                endsWith("/control/sign-in?back=" + URLEncoder.encode(page, StandardCharsets.UTF_8)));
            }
        }
        browser(Map.of())
                .get("/control/sign-in?back=/")
                .then()
                .statusCode(200)
                .body(containsString("<h1>Sign in</h1>"));
        for (String asset : List.of("/control/assets/page.css", "/control/assets/page.js")) {
            Callers.nobody().get(asset).then().statusCode(200);
        }
        Callers.nobody().get("/control/events").then().statusCode(401);

        // Then who reads sees pages, and who writes is named there
        browser(signedIn(Callers.READERS))
                .get("/")
                .then()
                .statusCode(200)
                .body(containsString("this token may not write"));
        browser(signedIn(Callers.WRITERS)).get("/").then().statusCode(200).body(containsString("signed in as ada"));
    }

    @Test
    void aSignedTokenIsAsGoodInACookie() {
        Duration hour = Duration.ofHours(1);
        Map<String, String> reader = signedIn(token(hour, "dietsb-reader"));
        browser(reader).get("/control/order").then().statusCode(200);
        setDefault(reader).then().statusCode(403);

        Map<String, String> writer = signedIn(token(hour, "dietsb-writer"));
        browser(writer).get("/").then().statusCode(200).body(containsString("signed in as ada"));
        setDefault(writer).then().statusCode(303).header("Location", endsWith("/"));

        // Neither when it is over, nor from a page of elsewhere.
        browser(signedIn(token(Duration.ofHours(-1), "dietsb-writer")))
                .get("/")
                .then()
                .statusCode(303);
        Callers.nobody()
                .cookies(writer)
                .header("Origin", "http://elsewhere.example")
                .formParams("kind", "random", "keep", ".5")
                .post("/control/default-policy")
                .then()
                .statusCode(401);
    }

    @Test
    void aTokenThatIsOverOrOfAnotherKeyLetsNobodyIn() throws NoSuchAlgorithmException {
        String forged = Jwt.issuer(ISSUER)
                .subject("someone")
                .claim("dietsb", Map.of("roles", Set.of("dietsb-writer")))
                .expiresIn(Duration.ofHours(1))
                .sign(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate());
        for (RequestSpecification caller : List.of(
                signed(Duration.ofHours(-1), "dietsb-writer"),
                RestAssured.given().auth().oauth2(forged),
                RestAssured.given().auth().oauth2("no.token.atall"))) {
            caller.get("/policies")
                    .then()
                    .statusCode(401)
                    .contentType("application/problem+json")
                    .body("detail", equalTo("the token is not valid here"));
        }
    }
}
