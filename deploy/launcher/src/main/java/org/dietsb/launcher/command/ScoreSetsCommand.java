package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists and deletes score sets. */
@Command(
        name = "score-sets",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "List the score sets, which --score-set names, the newest last.",
            "With --delete: delete some of them. One that a run uses which is not over stays, and the run is named."
        })
public final class ScoreSetsCommand implements Callable<Integer> {
    private static final String PATH = "/score-sets";

    @Option(
            names = "--delete",
            split = ",",
            paramLabel = "SET",
            description = "delete this score set with its scoring; may be repeated")
    private List<String> deleted = List.of();

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        Rest scorer = LocalSystem.up(target).scorer;
        if (deleted.isEmpty()) {
            JsonNode all = scorer.get(PATH);
            System.out.print(all.isEmpty() ? "There are no score sets yet." + System.lineSeparator() : table(all));
        }
        for (String set : deleted) {
            var unused = scorer.delete(PATH + "/" + Rest.segment(set));
            System.out.println("Deleted " + set);
        }
        return 0;
    }

    private static Table table(JsonNode sets) {
        return new Columns<JsonNode>()
                .add("score set", Json.text("/id"))
                .add("method", Json.text("/method"))
                .add("dataset", Json.text("/dataset"))
                .add("model", Json.text("/model"))
                .add("examples", set -> set.path("count").asInt())
                .add("members", set -> set.path("members").asInt())
                .add("mean", set -> Format.text("%.4f", set.path("mean").asDouble()))
                .add("at", Json.text("/at"))
                .table(Json.elements(sets));
    }
}
