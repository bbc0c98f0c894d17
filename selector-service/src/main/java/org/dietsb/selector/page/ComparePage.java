package org.dietsb.selector.page;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;

/** Shows runs side by side, by their ids in the query. */
@Path("/control/compare")
@Blocking
public class ComparePage {
    private final Runs runs;
    private final ScoreSets scoreSets;
    private final Viewer viewer;

    ComparePage(Runs runs, ScoreSets scoreSets, Viewer viewer) {
        this.scoreSets = scoreSets;
        this.runs = runs;
        this.viewer = viewer;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public Response page(@Context UriInfo asked) throws InterruptedException {
        List<String> chosen = asked.getQueryParameters().getOrDefault("run", List.of()).stream()
                .distinct()
                .toList();
        if (chosen.size() < 2 || chosen.size() > CompareView.MOST) {
            return answer(
                    400,
                    CompareView.problem(chosen.size() + (chosen.size() == 1 ? " run is" : " runs are")
                            + " chosen, allowed are 2 to " + CompareView.MOST
                            + ": choose them by the boxes in the list of runs."));
        }
        List<RunSheet> found = new ArrayList<>();
        for (String id : chosen) {
            Optional<RunSheet> run = runs.whole(id);
            if (run.isEmpty()) {
                return answer(404, CompareView.problem("There is no run " + id + "."));
            }
            found.add(run.get());
        }
        return answer(200, CompareView.of(found, run -> ComparedCost.of(run, scoreSets)));
    }

    private Response answer(int status, CompareView view) {
        return Response.status(status)
                .entity(Pages.compare(view, viewer.badge()))
                .build();
    }
}
