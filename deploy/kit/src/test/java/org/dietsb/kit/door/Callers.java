package org.dietsb.kit.door;

import static io.restassured.RestAssured.given;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** The callers of a service under test. */
public final class Callers {
    public static final String WRITER_TOKEN = "a-token-of-writers";
    public static final String READER_TOKEN = "a-token-of-readers";

    private Callers() {}

    /** Returns the settings of a service under test: its tokens and free ports. */
    public static Map<String, String> settings(String service) {
        return Map.of(
                "dietsb." + service + ".token",
                WRITER_TOKEN,
                "dietsb." + service + ".reader-token",
                READER_TOKEN,
                "quarkus.http.test-port",
                "0",
                "quarkus.management.test-port",
                "0");
    }

    /** Makes every later call a writer's, unless the call sets another token, and checks each response by the OpenAPI document. */
    public static void mayWrite() {
        RestAssured.replaceFiltersWith(new Declared());
        RestAssured.authentication = RestAssured.oauth2(WRITER_TOKEN);
    }

    public static RequestSpecification nobody() {
        return given().filter(new Declared()).auth().none();
    }

    public static RequestSpecification reader() {
        return given().filter(new Declared()).auth().oauth2(READER_TOKEN);
    }

    public static RequestSpecification writer() {
        return given().filter(new Declared()).auth().oauth2(WRITER_TOKEN);
    }

    /** Returns the response of the management port to a GET. */
    public static Response managed(String path) {
        return managed(path, "*/*");
    }

    /** Returns the response of the management port to a GET of a client that accepts these media types. */
    public static Response managed(String path, String accept) {
        int port = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        return nobody().header("Accept", accept).get("http://localhost:" + port + path);
    }
}
