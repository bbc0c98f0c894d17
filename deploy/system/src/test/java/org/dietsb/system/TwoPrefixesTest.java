package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two systems on one broker, whose topics and groups begin with different prefixes. */
class TwoPrefixesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void eachSystemSeesItsOwnRunsAlone(@TempDir Path folder) throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics = new ArrayList<>(topics("lab."));
            topics.addAll(topics("team_b-"));
            admin.createTopics(topics).all().get();
            try (ServiceProcess lab = trainer(broker, "lab.", folder);
                    ServiceProcess team = trainer(broker, "team_b-", folder);
                    ServiceProcess selector = selector(broker, "team_b-", folder)) {
                for (ServiceProcess one : List.of(lab, team, selector)) {
                    await().atMost(PATIENCE).until(one::isReady);
                }
                // Given: a run of one system, which waits for a selector that this system does not have.
                lab.post("/runs", order("first"));
                await().atMost(PATIENCE).until(() -> state(lab, "first").equals("RUNNING"));
                // When: the other system, whose trainer is idle, trains a run of the same name.
                assertThat(runs(team)).isEmpty();
                team.post("/runs", order("first"));
                await().atMost(PATIENCE).until(() -> state(team, "first").equals("COMPLETED"));
                // Then: the other one waits, and nothing is in the topics and groups without a prefix.
                assertThat(state(lab, "first")).isEqualTo("RUNNING");
                assertThat(runs(lab)).containsExactly("first");
                assertThat(admin.listGroups().all().get().stream()
                                .map(GroupListing::groupId)
                                .collect(Collectors.toSet()))
                        .isEqualTo(Set.of("lab.trainers", "team_b-trainers", "team_b-selector"));
            }
        }
    }

    private static ServiceProcess trainer(LocalBroker broker, String prefix, Path folder) throws IOException {
        return start(
                "trainer",
                broker,
                prefix,
                folder,
                "-Xmx384m",
                "-Ddietsb.trainer.home=" + folder.resolve(prefix + "home"),
                "-Ddietsb.trainer.device=cpu",
                "-Ddietsb.trainer.threads=1");
    }

    private static ServiceProcess selector(LocalBroker broker, String prefix, Path folder) throws IOException {
        return start("selector", broker, prefix, folder, "-Xmx256m");
    }

    private static ServiceProcess start(
            String service, LocalBroker broker, String prefix, Path folder, String... options) throws IOException {
        Launch launch = Launch.service(service, LocalBroker.freePort(), LocalBroker.FRUGAL, broker.bootstrapServers())
                .with("token-of-both-systems")
                .as(service + "-of-" + prefix, options)
                .as(service + "-of-" + prefix, "-Ddietsb.prefix=" + prefix);
        return ServiceProcess.start(launch, folder);
    }

    private static JsonNode order(String id) throws Exception {
        return JSON.readTree("{\"id\": \"" + id
                + "\", \"limit\": 64, \"epochs\": 1, \"policy\": {\"kind\": \"random\", \"keep\": 0.5}}");
    }

    private static String state(ServiceProcess trainer, String run) {
        return trainer.get("/runs/" + run).path("state").asText();
    }

    private static List<String> runs(ServiceProcess trainer) {
        return trainer.get("/runs").findValuesAsText("runId");
    }

    private static List<NewTopic> topics(String prefix) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        Path list = Launch.root().resolve("deploy/topics.json");
        for (JsonNode topic : JSON.readTree(Files.readString(list)).get("topics")) {
            topics.add(new NewTopic(
                    prefix + topic.get("name").asText(), topic.get("partitions").asInt(), (short) 1));
        }
        return topics;
    }
}
