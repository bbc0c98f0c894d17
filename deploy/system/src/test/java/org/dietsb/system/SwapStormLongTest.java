package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.dietsb.launcher.text.Json;
import org.junit.jupiter.api.Test;

class SwapStormLongTest {
    private static final int EXAMPLES = 10_000;
    private static final int EPOCHS = 25;
    private static final int SWAPS = 1_200;

    @Test
    void aMinuteOfTwentySwapsASecondLosesNoBatch() throws IOException, InterruptedException {
        try (RunningSystem system = RunningSystem.start()) {
            RestAssured.authentication =
                    RestAssured.oauth2(Files.readString(system.tokenFile()).strip());
            String run = OnRunningSystem.order(
                    system,
                    OnRunningSystem.recipe("storm", EXAMPLES, EPOCHS),
                    Json.object().put("kind", "baseline"));

            assertThat(SwapStorm.over(system, run, SWAPS)).isEqualTo(SWAPS);
            JsonNode unused = OnRunningSystem.completed(system, run, Duration.ofMinutes(15));

            SwapStorm.assertThatNoBatchIsLost(system, run, SWAPS, EXAMPLES, EPOCHS);
        }
    }
}
