package org.dietsb.selector.door;

import static io.restassured.RestAssured.given;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** Who calls a service under test: a writer, unless a test says otherwise. */
public final class Callers {
    public static final String WRITERS = "a-token-of-writers";
    static final String READERS = "a-token-of-readers";

    private Callers() {}

    /** Settings of a service under test: its tokens, and free ports. */
    public static Map<String, String> settings() {
        return Map.of(
                "dietsb.selector.token",
                WRITERS,
                "dietsb.selector.reader-token",
                READERS,
                "quarkus.http.test-port",
                "0",
                "quarkus.management.test-port",
                "0");
    }

    /** From now on whoever calls may write, if the call does not say otherwise. */
    public static void mayWrite() {
        RestAssured.authentication = RestAssured.oauth2(WRITERS);
    }

    static RequestSpecification nobody() {
        return given().auth().none();
    }

    static RequestSpecification reader() {
        return given().auth().oauth2(READERS);
    }

    static RequestSpecification writer() {
        return given().auth().oauth2(WRITERS);
    }

    /** What the management port answers to a GET. */
    public static Response managed(String path) {
        int port = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        return nobody().get("http://localhost:" + port + path);
    }
}
