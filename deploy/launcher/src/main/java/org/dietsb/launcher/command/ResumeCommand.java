package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.launcher.follow.DietReport;
import org.dietsb.launcher.follow.ResultTable;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.option.OutputOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Mistakes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Resumes a run that failed or was cancelled, from its last checkpoint, and follows it. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Resume a run that failed or was cancelled, from its last checkpoint; starts services that are not"
                        + " running, and stops them afterwards.")
public final class ResumeCommand implements Callable<Integer>, Checked {
    @Parameters(paramLabel = "RUN", description = "id of the run, or a beginning of it that no other has")
    private String named = "";

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private Target target = new Target();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        try (LocalSystem system = LocalSystem.upOrStarted(target, trainers)) {
            JsonNode resumed =
                    RunName.with(system, named, id -> system.trainer.post("/runs/" + Rest.segment(id) + "/resume", ""));
            String run = resumed.path("runId").asText(named);
            RunFollower follower =
                    RunFollower.of(system, run, resumed.path("batchSize").asInt());
            ObjectNode done = Summaries.summary(follower.follow(), null);
            output.write(List.of(done), false);
            System.out.print(DietReport.of(done));
            output.writeModel(system.trainer, run, Summaries.kind(done), false)
                    .forEach(file -> System.out.println("Wrote " + file));
            System.out.print(System.lineSeparator() + ResultTable.of(List.of(done)));
        }
        return 0;
    }

    @Override
    public void check(Mistakes mistakes) {
        trainers.check(target, mistakes);
    }
}
