package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A browser sees pages, also for what does not exist; a program sees problem details. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class ProblemPageTest extends InBrowser {
    private static final String AS_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static RequestSpecification accepting(String types) {
        return Callers.nobody().header("Accept", types);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/control/nope", "/control/runs/nobodys/nope", "/nope", "/favicon.ico", "/control/assets/no.js"})
    void anUnknownPageIsAPageForABrowserAndAProblemForAProgram(String path) {
        accepting(AS_BROWSER)
                .get(path)
                .then()
                .statusCode(404)
                .contentType(ContentType.HTML)
                .body(containsString("There is no such page"), containsString("Diet Selective-Backprop"));
        for (String types : new String[] {"application/json", "*/*"}) {
            accepting(types).get(path).then().statusCode(404).body(not(containsString("<html")));
        }
    }

    /** The tests of a class share a browser. */
    @Test
    void aBrowserThatForgetsIsSignedOut() {
        signIn("/control/default-policy", "ada");
        browser.openTab("/");
        browser.look(360, 740, true);
        // When
        browser.forget();
        // Then
        browser.open("/control/default-policy");
        browser.awaitText("header", "Sign in");
        assertThat(browser.text("header")).doesNotContain("ada");
    }

    @Test
    void theRestInterfaceAnswersABrowserLikeAProgram() {
        accepting(AS_BROWSER)
                .get("/runs/nobodys/policy")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("status", equalTo(404));
    }

    @Test
    void anUnknownPageLeadsBackToTheRuns() throws Exception {
        browser.open("/control/nope");
        browser.awaitText("h1", "There is no such page");
        assertThat(browser.texts("footer a")).containsExactly("Swagger UI", "OpenAPI document");
        pictures("unknown-page");
        browser.click("main a");
        browser.awaitText("h1", "Runs");
    }

    @Test
    void everyPageLeadsToTheInterface() {
        accepting(AS_BROWSER)
                .get("/")
                .then()
                .statusCode(200)
                .body(containsString("href=\"/q/swagger-ui\""), containsString("href=\"/q/openapi\""));
        accepting(AS_BROWSER).get("/q/swagger-ui/").then().statusCode(200).contentType(ContentType.HTML);
        accepting(AS_BROWSER).get("/q/openapi").then().statusCode(200);
    }
}
