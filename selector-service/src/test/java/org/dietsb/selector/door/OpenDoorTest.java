package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dietsb.kit.door.OpenDoorCases;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class OpenDoorTest extends OpenDoorCases {
    @Override
    protected List<String> someWriting() {
        return List.of("PUT /runs/{id}/policy", "PUT /policies/default");
    }

    /** A dry run computes what a policy would do and changes nothing. */
    @Override
    protected Set<String> changingNothing() {
        return Set.of("POST /policies/dry-run", "POST /runs/{id}/policy/dry-run");
    }

    @Override
    protected String resource() {
        return "/runs/1/policy";
    }

    /** Reads the stream of the list of runs until it has this line so many times. */
    private static List<String> stream(String seen, String last, long times) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create("http://localhost:" + RestAssured.port + "/control/events")
                        .toURL()
                        .openConnection();
        connection.setRequestProperty("Last-Event-ID", seen);
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            while (lines.stream().filter(line -> line.startsWith(last)).count() < times) {
                lines.add(reader.readLine());
            }
        }
        return lines;
    }

    @Test
    void thePageOfRunsIsSentAgainOnlyToThoseWhoHaveNotSeenIt() throws IOException {
        List<String> lines = stream("nothing", "data:", 1);
        assertThat(lines).contains(":open", "event:live");
        String id = lines.stream()
                .filter(line -> line.startsWith("id:"))
                .findFirst()
                .orElseThrow()
                .substring("id:".length());
        assertThat(stream(id, ":alive", 3)).contains(":open").doesNotContain("id:" + id);
    }
}
