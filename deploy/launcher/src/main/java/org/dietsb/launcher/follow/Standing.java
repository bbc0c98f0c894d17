package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.Work;
import org.dietsb.launcher.text.Columns;

/** Shows how runs and scorings stand that were cancelled, or that a command no longer follows. */
public final class Standing {
    private Standing() {}

    /** Returns a table, empty if there are no runs. */
    public static String of(LocalSystem system, Collection<JsonNode> views) {
        return views.isEmpty()
                ? ""
                : new Columns<JsonNode>()
                        .add("run", Standing::id)
                        .add("state", view -> view.path("state").asText())
                        .add("accuracy", Summaries::accuracy)
                        .add("model", view -> model(system, view))
                        .table(views)
                        .toString();
    }

    /** Returns a table of these runs as the trainer knows them now. */
    public static String ofRuns(LocalSystem system, Collection<String> ids) {
        return of(
                system,
                ids.stream()
                        .map(id -> Work.run(system, id).view())
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static String id(JsonNode view) {
        return view.has("runId") ? view.path("runId").asText() : view.path("id").asText();
    }

    private static String model(LocalSystem system, JsonNode view) {
        if (!view.has("runId") || !view.path("state").asText().equals("COMPLETED")) {
            return "-";
        }
        Path here = Home.ofUser().model(id(view));
        return Files.exists(here)
                ? here.toString()
                : system.trainer.base() + "/runs/" + Rest.segment(id(view)) + "/model";
    }
}
