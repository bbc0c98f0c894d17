package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.dietsb.kit.door.Callers;
import org.dietsb.kit.door.ClosedDoorCases;
import org.dietsb.kit.door.Operation;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
@TestProfile(ClosedDoorTest.SelectorClosed.class)
class ClosedDoorTest extends ClosedDoorCases {
    /** Closed reading. */
    public static final class SelectorClosed extends Closed {
        public SelectorClosed() {
            super("selector");
        }
    }

    @Override
    protected String readable() {
        return "/policies";
    }

    @Override
    protected boolean writes(Operation operation) {
        return super.writes(operation) && !operation.path().endsWith("/dry-run");
    }

    /** Requests pages and sends forms as a browser does on this service's own pages. */
    private static RequestSpecification browser(Map<String, String> cookies) {
        return Callers.nobody()
                .redirects()
                .follow(false)
                .accept("text/html")
                .header("Origin", "http://localhost:" + RestAssured.port)
                .cookies(cookies);
    }

    /** Signs in to the control room with this token and returns the cookies. */
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

    @Test
    void redirectsRequestsForPagesToSignInAndBack() {
        // Given: no cookie, and the cookie of another start's session
        for (Map<String, String> cookies :
                List.of(Map.<String, String>of(), Map.of("dietsb-session-" + RestAssured.port, "an-old-session"))) {
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

        // Then: readers see pages, and writers are named there
        browser(signedIn(Callers.READER_TOKEN))
                .get("/")
                .then()
                .statusCode(200)
                .body(containsString("this token has no write access"));
        browser(signedIn(Callers.WRITER_TOKEN))
                .get("/")
                .then()
                .statusCode(200)
                .body(containsString("signed in as ada"));
    }

    @Test
    void acceptsSignedTokensInCookies() {
        Duration hour = Duration.ofHours(1);
        Map<String, String> reader = signedIn(token(hour, "dietsb-reader"));
        browser(reader).get("/control/order").then().statusCode(200);
        setDefault(reader).then().statusCode(403);

        Map<String, String> writer = signedIn(token(hour, "dietsb-writer"));
        browser(writer).get("/").then().statusCode(200).body(containsString("signed in as ada"));
        setDefault(writer).then().statusCode(303).header("Location", endsWith("/"));

        // But neither expired tokens nor requests from foreign pages.
        browser(Map.of())
                .formParams("token", token(Duration.ofHours(-1), "dietsb-writer"), "name", "ada", "back", "/")
                .post("/control/sign-in")
                .then()
                .statusCode(400)
                .body(containsString("This token is not valid here."));
        Callers.nobody()
                .cookies(writer)
                .header("Origin", PAGE)
                .formParams("kind", "random", "keep", ".5")
                .post("/control/default-policy")
                .then()
                .statusCode(401);
    }

    @Test
    void keepsNoTokenInTheCookieAndSignsOutFromItsOwnPagesOnly() {
        Response signIn = browser(Map.of())
                .formParams("token", Callers.WRITER_TOKEN, "name", "ada", "back", "/")
                .post("/control/sign-in");
        String name = "dietsb-session-" + RestAssured.port;
        assertThat(signIn.cookies()).containsOnlyKeys(name);
        assertThat(signIn.detailedCookie(name).isHttpOnly()).isTrue();
        assertThat(signIn.header("Set-Cookie")).contains("SameSite=Strict").doesNotContain(Callers.WRITER_TOKEN);
        assertThat(new String(Base64.getUrlDecoder().decode(signIn.cookie(name)), StandardCharsets.ISO_8859_1))
                .doesNotContain(Callers.WRITER_TOKEN);
        // The token itself is no session.
        browser(Map.of(name, Callers.WRITER_TOKEN)).get("/").then().statusCode(303);

        for (RequestSpecification foreign :
                List.of(Callers.nobody(), Callers.nobody().header("Origin", "http://elsewhere.example"))) {
            Response out = foreign.cookies(signIn.cookies()).post("/control/sign-in/out");
            assertThat(out.statusCode()).isEqualTo(403);
            assertThat(out.cookies()).isEmpty();
        }
        browser(signIn.cookies())
                .post("/control/sign-in/out")
                .then()
                .statusCode(303)
                .cookie(name, "");
    }

    @Test
    void leadsBackToItsOwnPagesOnly() {
        for (String back : List.of(
                "/control/order\r\nX: y",
                "/control/\u0000",
                "/control/\u00e9",
                "/control/%zz",
                "//elsewhere.example/control/",
                "http://elsewhere.example/control/",
                "/control/\\elsewhere",
                "/policies",
                "")) {
            browser(Map.of())
                    .formParams("token", Callers.WRITER_TOKEN, "name", "ada", "back", back)
                    .post("/control/sign-in")
                    .then()
                    .statusCode(303)
                    .header("Location", anyOf(equalTo("/"), equalTo("http://localhost:" + RestAssured.port + "/")));
            browser(Map.of())
                    .queryParam("back", back)
                    .get("/control/sign-in")
                    .then()
                    .statusCode(200)
                    .body(containsString("name=\"back\" value=\"/\""));
        }
    }
}
