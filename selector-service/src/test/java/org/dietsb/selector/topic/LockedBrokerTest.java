package org.dietsb.selector.topic;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.dietsb.kit.topic.LockedBrokerCases;
import org.dietsb.kit.topic.TestLockedBroker;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@TestProfile(LockedBrokerTest.SelectorProfile.class)
class LockedBrokerTest extends LockedBrokerCases {
    /** The locked broker. */
    public static final class SelectorProfile extends LockedBrokerProfile {
        public SelectorProfile() {
            super(SelectorBroker.class);
        }
    }

    /** A broker with the rights of the selector. */
    public static final class SelectorBroker extends TestLockedBroker {
        public SelectorBroker() {
            super("selector");
        }
    }

    @Override
    protected void useEveryClient() {
        // The producer writes, a channel reads it back, and the admin client looks up the end of the topic.
        given().contentType("application/json")
                .body("{\"kind\":\"random\",\"keep\":0.5}")
                .put("/policies/default")
                .then()
                .statusCode(200);
        get("/policies/default").then().statusCode(200).body("policy.kind", equalTo("random"));
    }

    @Override
    protected String forbiddenTopic() {
        return "prediction-errors";
    }
}
