package org.dietsb.launcher.order;

import java.util.List;
import picocli.CommandLine.Option;

/** Options of a run that a scoring has not. */
public final class RunOptions {
    @Option(
            names = "--policy",
            paramLabel = "KIND",
            split = ",",
            defaultValue = "diet-selective",
            description =
                    "baseline, random, selective, diet, diet-selective or diet-random; a list trains one after the"
                            + " other; default ${DEFAULT-VALUE}")
    List<String> policies = List.of("diet-selective");

    @Option(
            names = "--budget",
            paramLabel = "WHAT",
            defaultValue = "epochs",
            description = "epochs, steps=N or passes=N: what ends training; default ${DEFAULT-VALUE}")
    String budget = "epochs";

    @Option(
            names = "--evaluate-every",
            paramLabel = "N",
            defaultValue = "1",
            description = "epochs between tests of accuracy; 0 = never; default ${DEFAULT-VALUE}")
    int evaluateEvery;

    public String budget() {
        return budget;
    }

    public int evaluateEvery() {
        return evaluateEvery;
    }

    /** The kinds asked for, the baseline first. */
    public List<PolicyKind> kinds() {
        return PolicyKind.list(policies);
    }

    /**
     * Checks what can be checked without a service.
     *
     * @throws Refusal with the one line to show
     */
    public void check() {
        if (!budget.matches(
                "epochs|steps=0*[1-9][0-9]{0,17}|passes=(0*[1-9][0-9]*(\\.[0-9]+)?|0*\\.[0-9]*[1-9][0-9]*)")) {
            throw Refusal.of("budget", budget, "epochs, steps=N or passes=N");
        }
        if (evaluateEvery < 0) {
            throw Refusal.of("evaluate-every", evaluateEvery, "0 (never) or more");
        }
    }
}
