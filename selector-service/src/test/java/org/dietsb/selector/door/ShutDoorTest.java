package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.dietsb.kit.door.Callers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A selector without tokens and without OpenID Connect. */
@QuarkusTest
@Tag("quarkus")
@TestProfile(ShutDoorTest.NoTokens.class)
class ShutDoorTest {

    /** Neither tokens nor OpenID Connect. No broker either, because no request gets that far. */
    public static final class NoTokens implements QuarkusTestProfile {
        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dietsb.selector.token", "",
                    "dietsb.selector.reader-token", "",
                    "kafka.bootstrap.servers", "127.0.0.1:1",
                    "quarkus.http.test-port", "0",
                    "quarkus.management.test-port", "0");
        }
    }

    @Test
    void rejectsAllWritingAndNamesTheMissingSettings() {
        for (var caller : new RequestSpecification[] {
            Callers.nobody(), RestAssured.given().auth().oauth2("an-unknown-token")
        }) {
            caller.contentType("application/json")
                    .body("{\"kind\":\"baseline\"}")
                    .put("/policies/default")
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", startsWith("Bearer"))
                    .contentType("application/problem+json")
                    .body(
                            "detail",
                            equalTo(
                                    "write access is disabled: set dietsb.selector.token (or DIETSB_TOKEN), or quarkus.oidc.* with"
                                            + " quarkus.oidc.tenant-enabled=true, and restart"));
        }
        assertThat(Callers.nobody().get("/policies").statusCode()).isEqualTo(200);
    }
}
