package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Swaps a run's policy. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Swap the policy of a run now: it judges the next batch; a change of diet the next epoch.")
final class PolicyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RUN", description = "id of the run, as dietsb runs shows it")
    private String run = "";

    @Parameters(
            index = "1",
            paramLabel = "KIND",
            description = "baseline, random, selective, diet, diet-selective or diet-random")
    private String kind = "";

    @Mixin
    private PolicyOptions options = new PolicyOptions();

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        if (options.needsScores(kind)) {
            throw new UserError(
                    "score-set is missing: the diet of " + kind + " goes by EL2N scores (see dietsb score)");
        }
        Rest selector = LocalSystem.up(ports).selector;
        String path = "/runs/" + run + "/policy";
        JsonNode placed = selector.put(
                path + "?who=dietsb",
                options.toJson(kind, null),
                selector.read(path).etag());
        System.out.printf(
                "%s: %s, revision %d%n",
                run,
                placed.path("policy").path("kind").asText(),
                placed.path("revision").asLong());
        return 0;
    }
}
