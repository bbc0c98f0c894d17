package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.contracts.policy.Policy.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Swaps a run's policy, takes a swap back, or tells which policies it has and had and what came of them. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Swap the policy of a run, now or by a schedule: it judges the next batch; a change of diet the next epoch.",
            "Without KIND: the policies the run has and had, where each was in force (epoch/batch), and accuracy, seconds and "
                    + "passes over the training set per epoch, before > after.",
            "With --catalogue, without RUN: every kind of policy."
        })
final class PolicyCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "id of the run, as dietsb runs shows it")
    private @Nullable String run;

    @Parameters(index = "1", arity = "0..1", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
    private @Nullable Kind kind;

    @Mixin
    private PolicyOptions options = new PolicyOptions();

    @Mixin
    private ScheduleOptions schedule = new ScheduleOptions();

    @Option(names = "--roll-back", paramLabel = "REVISION", description = "give it that revision's policy again, now")
    private @Nullable Integer rollBack;

    @Option(
            names = "--if-revision",
            paramLabel = "REVISION",
            description = "only if that is still its last revision; default: the one there is when this begins")
    private @Nullable Integer ifRevision;

    @Option(
            names = "--dry-run",
            description = "tell what the policy would have kept of the run's last batches, and change nothing")
    private boolean dryRun;

    @Option(
            names = "--catalogue",
            description = "every kind with its parameters, their ranges and defaults, and its cost")
    private boolean catalogue;

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        check();
        Rest selector = LocalSystem.up(ports).selector;
        if (catalogue) {
            System.out.print(PolicyTables.catalogue(selector.get("/policies")));
            return 0;
        }
        String path = "/runs/" + URLEncoder.encode(String.valueOf(run), StandardCharsets.UTF_8) + "/policy";
        if (kind == null && rollBack == null) {
            System.out.print(PolicyTables.history(selector.get(path + "/history")));
            return 0;
        }
        Rest.Reply was = selector.read(path);
        if (kind != null && dryRun) {
            ObjectNode trial = Rest.JSON.createObjectNode().set("policy", asked(kind, was.body()));
            System.out.print(
                    PolicyTables.trial(selector.post(path + "/dry-run", trial).body()));
            return 0;
        }
        String expected = ifRevision == null ? was.etag() : "\"" + ifRevision + "\"";
        JsonNode is = kind == null
                ? selector.post(path + "/rollback?to=" + rollBack + "&who=dietsb", expected)
                : selector.put(path + "?who=dietsb" + schedule.query(), asked(kind, was.body()), expected);
        System.out.println("was  " + PolicyTables.words(was.body()));
        System.out.println("is   " + PolicyTables.words(is));
        return 0;
    }

    private void check() {
        if (run == null && !catalogue) {
            throw new WrongUsage("RUN is missing: dietsb runs lists them; --catalogue tells which policies there are");
        }
        if (catalogue && (run != null || rollBack != null)) {
            throw new WrongUsage("--catalogue is of no run: leave out what else there is");
        }
        if (kind != null && rollBack != null) {
            throw new WrongUsage("KIND and --roll-back are both said, one of them is allowed");
        }
        if (kind == null && schedule.isSaid()) {
            throw new WrongUsage("a schedule is of no use without KIND: a roll back holds from now on");
        }
        if (ifRevision != null && kind == null && rollBack == null) {
            throw new WrongUsage("--if-revision is of no use without KIND or --roll-back");
        }
        if (dryRun && (kind == null || ifRevision != null || schedule.isSaid())) {
            throw new WrongUsage("--dry-run is of KIND with its options alone: it swaps nothing");
        }
        options.check(kind == null ? List.of() : List.of(kind));
        schedule.check();
        ports.check();
    }

    /** A diet goes by the scores that were named, or else by those the run's diet went by until now. */
    private ObjectNode asked(Kind wanted, JsonNode was) {
        String scores = was.path("policy").path("scoreSet").asText("");
        if (options.needsScores(wanted) && scores.isEmpty()) {
            throw new WrongUsage("--score-set is missing: the diet of " + wanted + " goes by EL2N scores, and that of "
                    + run + " has none yet (see dietsb score)");
        }
        return options.toJson(wanted, options.needsScores(wanted) ? scores : null);
    }
}
