package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.dietsb.launcher.follow.PolicyTables;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains why a mask kept an example or not. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Explain why an example of a batch was kept or not. The messages of the run are judged once more; the bit is"
                    + " that of the mask.",
            "Example: dietsb explain RUN 3 17 4711"
        })
public final class ExplainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RUN", description = "id of the run, or a beginning of it that no other has")
    private String run = "";

    @Parameters(index = "1", paramLabel = "EPOCH", description = "from 1")
    private int epoch;

    @Parameters(index = "2", paramLabel = "BATCH", description = "from 0, within the epoch")
    private int batch;

    @Parameters(index = "3", paramLabel = "EXAMPLE", description = "index in the whole training set, from 0")
    private int example;

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        String query = "/explanation?epoch=" + epoch + "&batch=" + batch + "&example=" + example;
        JsonNode told = RunName.with(system, run, id -> system.selector.get("/runs/" + Rest.segment(id) + query));
        boolean kept = told.path("selected").asBoolean();
        System.out.println(
                (kept ? "kept" : "not kept") + ": " + told.path("why").asText());
        System.out.println("policy  " + PolicyTables.words(told));
        if (told.has("loss")) {
            System.out.println("loss    " + Format.number("%.4f", told.path("loss")) + " nats, rank "
                    + told.path("rank").asText() + " of "
                    + told.path("batchSize").asText());
        }
        if (kept) {
            System.out.println("weight  " + Format.number("%.4f", told.path("weight")));
        }
        return 0;
    }
}
