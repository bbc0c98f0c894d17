import client.scorer.api.ScoreSetsApi;
import client.scorer.api.ScoringsApi;
import client.scorer.model.Scoring;
import client.scorer.model.ScoringRequest;
import client.scorer.model.Whole;
import client.selector.api.PoliciesApi;
import client.selector.api.ReportsApi;
import client.selector.model.PolicyRevision;
import client.trainer.api.RunsApi;
import client.trainer.model.PolicyJson;
import client.trainer.model.RunRequest;
import client.trainer.model.RunView;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;

/** Orders, swaps and reads with clients that were generated from the OpenAPI documents; returns what came. */
public final class OrderSwapRead implements Function<Map<String, String>, Map<String, Object>> {
    private static final long PAUSE_MILLIS = 200;

    @Override
    public Map<String, Object> apply(Map<String, String> system) {
        Consumer<HttpRequest.Builder> token =
                request -> request.header("Authorization", "Bearer " + system.get("token"));
        client.trainer.ApiClient trainer = new client.trainer.ApiClient();
        trainer.updateBaseUri(system.get("trainer"));
        trainer.setRequestInterceptor(token);
        client.selector.ApiClient selector = new client.selector.ApiClient();
        selector.updateBaseUri(system.get("selector"));
        selector.setRequestInterceptor(token);
        client.scorer.ApiClient scorer = new client.scorer.ApiClient();
        scorer.updateBaseUri(system.get("scorer"));
        scorer.setRequestInterceptor(token);
        try {
            return used(new RunsApi(trainer), selector, scorer);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Map<String, Object> used(
            RunsApi runs, client.selector.ApiClient selector, client.scorer.ApiClient scorer) throws Exception {
        Map<String, Object> came = new LinkedHashMap<>();
        PoliciesApi policies = new PoliciesApi(selector);

        // A score set.
        ScoringsApi scorings = new ScoringsApi(scorer);
        Scoring scoring = scorings.orderScoring(
                new ScoringRequest().limit(300).epochs(2).batchSize(32).members(1).scoringEpochs(1).seed(5L));
        came.put("scoring", until(() -> scorings.getScoring(scoring.getId()), one -> !one.getState().getValue().equals("RUNNING")).getState().getValue());
        Whole set = new ScoreSetsApi(scorer).getScoreSet(scoring.getScoreSet(), null);
        came.put("scores", set.getScores().size());

        // A run, with a number of its kind that is a field of the policy.
        RunView run = runs.orderRun(new RunRequest()
                .id("generated")
                .limit(960)
                .epochs(6)
                .batchSize(32)
                .evaluateEvery(0)
                .policy(new PolicyJson().kind(PolicyJson.KindEnum.RANDOM).keep(.5)));
        came.put("ordered", run.getState().getValue());
        until(() -> runs.getRun("generated"), one -> one.getProgress() != null);

        // A swap of the version that was read, and one of a version that is no more.
        PolicyRevision before = policies.getPolicy("generated");
        client.selector.model.PolicyJson everything =
                new client.selector.model.PolicyJson().kind(client.selector.model.PolicyJson.KindEnum.BASELINE);
        String version = "\"" + before.getRevision() + "\"";
        came.put("swapped", policies.swapPolicy("generated", everything, null, null, null, null, "a client", version).getRevision());
        came.put("late", status(() -> policies.swapPolicy("generated", everything, null, null, null, null, null, version)));
        came.put("refused", status(() -> policies.swapPolicy(
                "generated",
                new client.selector.model.PolicyJson().kind(client.selector.model.PolicyJson.KindEnum.RANDOM).keep(2.0),
                null, null, null, null, null, null)));
        came.put("unknown", status(() -> policies.getPolicy("no-such-run")));

        // What came of it.
        RunView done = until(() -> runs.getRun("generated"), one -> !List.of("QUEUED", "RUNNING").contains(one.getState().getValue()));
        came.put("state", done.getState().getValue());
        came.put("revision", done.getPolicyRevision());
        came.put("epochs", done.getEpochs().size());
        came.put("listed", runs.listRuns(10, null, null, null, "COMPLETED", null).stream().anyMatch(one -> one.getRunId().equals("generated")));
        came.put("by", policies.getPolicyHistory("generated").get(1).getWho());
        came.put("passes", new ReportsApi(selector).getCost("generated") != null);
        return came;
    }

    private static <T> T until(Callable<T> read, java.util.function.Predicate<T> enough) throws Exception {
        while (true) {
            T now = read.call();
            if (enough.test(now)) {
                return now;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static int status(Callable<?> call) throws Exception {
        try {
            call.call();
            return 200;
        } catch (client.selector.ApiException refused) {
            return refused.getCode();
        }
    }
}
