package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.follow.PolicyTables;
import org.dietsb.launcher.option.PolicyOptions;
import org.dietsb.launcher.option.ScheduleOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Swaps the policy of a run, rolls a swap back, or shows the policies of a run and their effects. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Swap the policy of a run, now or on a schedule. It takes effect with the next batch; a change of diet"
                    + " with the next epoch.",
            "Without KIND: show all policies of the run, where each was in force (epoch/batch), and accuracy, seconds"
                    + " and passes over the training set per epoch, before > after.",
            "With --catalogue, without RUN: show every kind of policy."
        })
public final class PolicyCommand implements Callable<Integer>, Checked {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "RUN",
            description = "id of the run, or a beginning of it that no other has")
    private @Nullable String run;

    @Parameters(index = "1", arity = "0..1", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
    private @Nullable PolicyKind kind;

    @Mixin
    private PolicyOptions options = new PolicyOptions();

    @Mixin
    private ScheduleOptions schedule = new ScheduleOptions();

    @Option(names = "--roll-back", paramLabel = "REVISION", description = "restore the policy of this revision, now")
    private @Nullable Integer rollBack;

    @Option(
            names = "--if-revision",
            paramLabel = "REVISION",
            description = "swap only if this is still the latest revision; default: the latest when the command starts")
    private @Nullable Integer ifRevision;

    @Option(
            names = "--dry-run",
            description = "show what the policy would have kept of the run's last batches, and change nothing")
    private boolean dryRun;

    @Option(
            names = "--catalogue",
            description = "show every kind with its cost, its parameters, their ranges and defaults")
    private boolean catalogue;

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        Rest selector = system.selector;
        if (catalogue) {
            System.out.print(PolicyTables.catalogue(selector.get("/policies")));
            return 0;
        }
        return RunName.with(
                system, String.valueOf(run), id -> ofRun(selector, "/runs/" + Rest.segment(id) + "/policy"));
    }

    private int ofRun(Rest selector, String path) {
        if (kind == null && rollBack == null) {
            System.out.print(PolicyTables.history(selector.get(path + "/history")));
            return 0;
        }
        Rest.Reply was = selector.read(path);
        if (kind != null && dryRun) {
            ObjectNode trial = Json.object().set("policy", requested(kind, was.body()));
            JsonNode tried = selector.post(path + "/dry-run", trial).body();
            System.out.print(PolicyTables.trial(tried));
            System.out.print(PolicyTables.forecast(tried.path("forecast")));
            return 0;
        }
        String expected = ifRevision == null ? was.etag() : "\"" + ifRevision + "\"";
        JsonNode is = kind == null
                ? selector.post(path + "/rollback?to=" + rollBack + "&who=dietsb", expected)
                : selector.put(path + "?who=dietsb" + schedule.query(), requested(kind, was.body()), expected);
        System.out.println("was  " + PolicyTables.words(was.body()));
        System.out.println("is   " + PolicyTables.words(is));
        return 0;
    }

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                run != null || catalogue,
                "RUN is missing: dietsb runs lists the runs; --catalogue shows the kinds of policies");
        mistakes.unless(!catalogue || (run == null && rollBack == null), "--catalogue excludes RUN and --roll-back");
        mistakes.unless(kind == null || rollBack == null, "KIND and --roll-back are mutually exclusive");
        mistakes.unless(
                kind != null || !schedule.isGiven(), "a schedule needs KIND: a rollback is in force from now on");
        mistakes.unless(
                ifRevision == null || kind != null || rollBack != null, "--if-revision needs KIND or --roll-back");
        mistakes.unless(
                !dryRun || (kind != null && ifRevision == null && !schedule.isGiven()),
                "--dry-run takes KIND and its options only: it swaps nothing");
        if (!mistakes.has("KIND")) {
            options.check(kind == null ? List.of() : List.of(kind), mistakes);
        }
    }

    /** Returns the requested policy. Unless a score set is given, a diet uses the scores of the run's present diet. */
    private ObjectNode requested(PolicyKind wanted, JsonNode was) {
        String scores = was.path("policy").path("scoreSet").asText("");
        WrongUsage.unless(
                !options.needsScores(wanted) || !scores.isEmpty(),
                "--score-set is missing: the diet of " + wanted + " needs EL2N scores, and the policy of " + run
                        + " has none (see dietsb score)");
        return options.toJson(wanted, options.needsScores(wanted) ? scores : null);
    }
}
