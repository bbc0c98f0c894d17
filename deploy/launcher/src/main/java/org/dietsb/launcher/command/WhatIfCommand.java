package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dietsb.launcher.follow.WhatIfTable;
import org.dietsb.launcher.option.PolicyText;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tries other policies on the recorded losses of a run. */
@Command(
        name = "what-if",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show what other policies would have kept in each epoch of a run, and what they would have cost, by the"
                    + " losses that the run reported. Nothing is trained.",
            "Off-policy: under another policy the losses would have been others, and the accuracy is not known.",
            "Costs are in passes over the training set per epoch; overlap is the share of the examples kept by either"
                    + " that both keep; older losses is the share of the examples whose loss is of an earlier epoch.",
            "Example: dietsb what-if RUN --policy selective,keep=1/2 --policy random,keep=1/2"
        })
public final class WhatIfCommand implements Callable<Integer>, Checked {
    private static final int MOST = 10;
    /** Maximum number of classes that are shown unasked. */
    private static final int MOST_CLASSES = 20;

    @Parameters(paramLabel = "RUN", description = "id of the run, as dietsb runs shows it")
    private String run = "";

    @Option(
            names = "--policy",
            required = true,
            paramLabel = "POLICY",
            description =
                    "policy to try, KIND[,NAME=VALUE..], with the names that dietsb policy --catalogue shows; up to"
                            + " 10 times")
    private List<PolicyText> policies = List.of();

    @Option(names = "--by-epoch", description = "show each epoch; default: the mean of all")
    private boolean byEpoch;

    @Option(names = "--by-class", description = "show each class, even if there are more than " + MOST_CLASSES)
    private boolean everyClass;

    @Mixin
    private Target target = new Target();

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(policies.size() <= MOST, "--policy", policies.size() + " times", "1 to " + MOST + " times");
    }

    @Override
    public Integer call() {
        ObjectNode request = Json.object();
        policies.forEach(policy -> request.withArray("policies").add(policy.json()));
        WhatIfTable table =
                new WhatIfTable(policies.stream().map(PolicyText::text).toList());
        JsonNode[] end = {Json.object()};
        try (Progress progress = Progress.onStandardError("Epochs")) {
            LocalSystem system = LocalSystem.up(target);
            Consumer<JsonNode> each = line -> {
                if (line.has("epoch")) {
                    table.add(line);
                    progress.to(
                            line.path("epoch").asDouble()
                                    / Math.max(1, line.path("epochs").asInt()),
                            "");
                } else {
                    end[0] = line;
                }
            };
            end[0] = RunName.with(system, run, id -> {
                system.selector.lines("/runs/" + Rest.segment(id) + "/what-if", request, each);
                return end[0];
            });
        }
        if (!end[0].path("over").asBoolean()) {
            throw new UserError(end[0].path("reason").asText("the selector stopped before the last epoch"));
        }
        System.out.print(table.table(byEpoch));
        System.out.print(byClass(table, end[0]));
        return 0;
    }

    private String byClass(WhatIfTable table, JsonNode end) {
        JsonNode classes = end.path("classes");
        if (classes.isEmpty()) {
            return "Shares by class are not shown: "
                    + end.path("noClasses").asText("the selector is of an earlier version") + System.lineSeparator();
        }
        String labels = "by the labels of score set " + end.path("labelsOf").asText();
        return classes.size() > MOST_CLASSES && !everyClass
                ? "Shares of the " + classes.size() + " classes, " + labels + ": with --by-class"
                        + System.lineSeparator()
                : "Share of each class that would be kept, " + labels + ":" + System.lineSeparator()
                        + table.byClass(classes);
    }
}
