package org.dietsb.scorer.topic;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.dietsb.kit.topic.LockedBrokerCases;
import org.dietsb.kit.topic.TestLockedBroker;

@QuarkusTest
@TestProfile(LockedBrokerTest.ScorerProfile.class)
class LockedBrokerTest extends LockedBrokerCases {
    /** The locked broker. */
    public static final class ScorerProfile extends LockedBrokerProfile {
        public ScorerProfile() {
            super(ScorerBroker.class);
        }
    }

    /** A broker with the rights of the scorer. */
    public static final class ScorerBroker extends TestLockedBroker {
        public ScorerBroker() {
            super("scorer");
        }
    }

    @Override
    protected void useEveryClient() {
        // The producer writes, a channel reads it back, and the admin client looks up the end of the topic.
        given().contentType("application/json")
                .body("{\"id\":\"locked\"}")
                .post("/scorings")
                .then()
                .statusCode(202);
        get("/scorings/locked").then().statusCode(200).body("state", equalTo("RUNNING"));
    }

    @Override
    protected String forbiddenTopic() {
        return "backprop-masks";
    }
}
