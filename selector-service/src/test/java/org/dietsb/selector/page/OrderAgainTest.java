package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.RunSheetWire;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderAgainTest {
    private static final URI TRAINER = URI.create("http://localhost:8081");

    private static RunSheet run(Policy policy, Consumer<TrainingOrder.Builder> change) {
        Run.Builder run = Run.newBuilder().setState(Run.State.COMPLETED);
        run.getOrderBuilder()
                .setRunId("run")
                .setModel("resnet8")
                .setSeed(3)
                .setEvaluateEvery(1)
                .setFirstPolicy(PolicyWire.toWire(policy));
        run.getOrderBuilder().getDatasetBuilder().setName("folder");
        run.getOrderBuilder().getRecipeBuilder().setEpochs(10).setBatchSize(64).setLearningRate(.1);
        change.accept(run.getOrderBuilder());
        return RunSheetWire.fromWire(run.build());
    }

    private static OrderAgain again(Policy policy, Consumer<TrainingOrder.Builder> change) {
        return OrderAgain.of(run(policy, change), TRAINER, set -> true).orElseThrow();
    }

    private static Typed typed(String query) {
        MultivaluedMap<String, String> fields = new MultivaluedHashMap<>();
        for (String pair : query.split("&")) {
            String[] parts = pair.split("=", 2);
            fields.add(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return new Typed(fields);
    }

    private static Policy ofKind(PolicyKind kind) {
        return Policy.ofKind(kind)
                .scoreSet(kind.judgesByScores() || kind.hasDiet() ? "scores" : null)
                .of(kind.replays() ? "other" : null)
                .build();
    }

    @ParameterizedTest
    @EnumSource(PolicyKind.class)
    void fillsTheFormWithThePolicyOfTheOrder(PolicyKind kind) {
        Policy policy = ofKind(kind);
        assertThat(typed(again(policy, order -> {}).query()).policy()).isEqualTo(policy);
    }

    @Test
    void fillsTheFormWithTheSettingsOfTheOrder() {
        Typed typed = typed(again(Policy.BASELINE, order -> {
                    order.getDatasetBuilder().setLimit(500).setDataDir("/data/Bilder & mehr");
                    order.getRecipeBuilder()
                            .setWeightDecay(5e-4)
                            .getBudgetBuilder()
                            .setSteps(90);
                    order.setStopAtAccuracy(.9).addTags("a").addTags("b.1");
                })
                .query());
        assertThat(typed.text("dataDir")).isEqualTo("/data/Bilder & mehr");
        assertThat(typed.text("limit")).isEqualTo("500");
        assertThat(typed.text("budget")).isEqualTo("steps=90");
        assertThat(typed.text("weightDecay")).isEqualTo("0.0005");
        assertThat(typed.text("stopAtAccuracy")).isEqualTo("0.9");
        assertThat(typed.text("tags")).isEqualTo("a,b.1");
        assertThat(typed.text("id")).isEmpty();
    }

    @Test
    void writesSharesAsPeopleDo() throws IOException {
        Policy policy = Policy.ofKind(PolicyKind.DIET_SELECTIVE)
                .keep(2.0 / 3)
                .prePruned(1.0 / 7)
                .scoreSet("s")
                .build();
        OrderAgain again = again(policy, order -> {});
        assertThat(again.command()).contains("--keep 2/3 ").contains("--pre-pruned 1/7 ");
        assertThat(again.curl()).contains("\"keep\":\"2/3\"").contains("\"prePruned\":\"1/7\"");
        assertThat(typed(again.query()).policy()).isEqualTo(policy);
        assertThat(new ObjectMapper()
                        .readValue(OrderAgain.json(PolicyJson.of(policy)).toString(), PolicyJson.class)
                        .toPolicy())
                .isEqualTo(policy);
        // No fraction of small numbers: the shortest decimal that is the same number.
        Policy odd = Policy.ofKind(PolicyKind.RANDOM).keep(.1234567890123).build();
        assertThat(again(odd, order -> {}).command()).contains("--keep 0.1234567890123 ");
    }

    @Test
    void quotesWordsForTheShell() {
        OrderAgain again =
                again(Policy.BASELINE, order -> order.getDatasetBuilder().setDataDir("/it's $HOME"));
        assertThat(again.command()).contains("--data-dir '/it'\\''s $HOME' ");
        assertThat(again.curl()).contains("\"dataDir\":\"/it'\\''s $HOME\"");
    }

    @Test
    void ordersScoresThatAreNotThereAnew() {
        Policy diet =
                Policy.ofKind(PolicyKind.DIET).prePruned(.25).scoreSet("s").build();
        OrderAgain again =
                OrderAgain.of(run(diet, order -> {}), TRAINER, set -> false).orElseThrow();
        assertThat(again.query()).contains("kind=diet").doesNotContain("scoreSet");
        assertThat(again.command()).contains("--policy diet").doesNotContain("--score-set");
        assertThat(again.curl()).contains("\"scoreSet\":\"s\"").contains("\"waitForScores\":true");
        OrderAgain there = again(diet, order -> {});
        assertThat(there.query()).contains("scoreSet=s");
        assertThat(there.command()).contains("--score-set s");
        assertThat(there.curl()).doesNotContain("waitForScores");
    }

    @Test
    void leavesOutMembersProxiesAndForeignRuns() {
        assertThat(OrderAgain.of(run(Policy.BASELINE, order -> order.setForeign(true)), TRAINER, set -> true))
                .isEmpty();
        assertThat(OrderAgain.of(run(Policy.BASELINE, order -> order.setProxyOf("other")), TRAINER, set -> true))
                .isEmpty();
        assertThat(OrderAgain.of(
                        run(Policy.BASELINE, order -> order.getMemberBuilder().setScoringId("s")),
                        TRAINER,
                        set -> true))
                .isEmpty();
    }

    @Test
    void linksToGrafanaIfThereIsOne() {
        RunSheet run = run(Policy.BASELINE, order -> {});
        assertThat(RunLinks.of(run, TRAINER, config(Optional.empty()), set -> true)
                        .grafana())
                .isEmpty();
        assertThat(RunLinks.of(run, TRAINER, config(Optional.of(URI.create("https://g.example/sub/"))), set -> true)
                        .grafana())
                .isEqualTo("https://g.example/sub/d/dietsb-training?var-run=run");
    }

    private static PageConfig config(Optional<URI> grafana) {
        return new PageConfig() {
            @Override
            public Duration heartbeat() {
                return Duration.ofSeconds(15);
            }

            @Override
            public URI scorerUrl() {
                return URI.create("http://localhost:8083");
            }

            @Override
            public URI trainerUrl() {
                return TRAINER;
            }

            @Override
            public Optional<URI> grafanaUrl() {
                return grafana;
            }
        };
    }
}
