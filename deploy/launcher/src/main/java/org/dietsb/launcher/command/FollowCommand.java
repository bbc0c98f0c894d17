package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dietsb.launcher.follow.ResultTable;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.option.OutputOptions;
import org.dietsb.launcher.system.ExitHook;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the progress of a run that another command ordered, and its figures at the end. */
@Command(
        name = "follow",
        mixinStandardHelpOptions = true,
        description = "Show the progress of a run until it ends. Ctrl-C ends this command, not the run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dietsb train --policy selective --detach    order a run, and return at once",
            "  dietsb follow RUN                           watch it"
        })
public final class FollowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "id of the run, or a beginning of it that no other has")
    private String run = "";

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        RunFollower follower = RunName.with(system, run, id -> RunFollower.watching(system, id));
        String id = follower.id();
        AtomicBoolean over = new AtomicBoolean();
        try (ExitHook hook = new ExitHook("goes-on", () -> {
            if (!over.get()) {
                System.err.println(System.lineSeparator() + "dietsb: the run goes on; dietsb follow " + id
                        + target.words() + " shows it again, dietsb cancel " + id + target.words() + " ends it");
            }
        })) {
            ObjectNode done;
            try {
                ObjectNode ended = follower.follow();
                done = Summaries.summary(ended, scores(system, ended));
            } finally {
                over.set(true);
            }
            output.write(List.of(done), false);
            output.writeModel(system.trainer, id, Summaries.kind(done), false)
                    .forEach(file -> System.out.println("Wrote " + file));
            System.out.print(System.lineSeparator() + ResultTable.of(List.of(done)));
        }
        return 0;
    }

    /** Returns the scores of the run's diet, which count as its cost; null if it has none, or they are not there. */
    private static @Nullable Scores scores(LocalSystem system, ObjectNode run) {
        String set = run.path("policy").path("scoreSet").asText("");
        return set.isEmpty()
                ? null
                : system.scorer
                        .find("/score-sets/" + Rest.segment(set))
                        .map(Scores::of)
                        .orElse(null);
    }
}
