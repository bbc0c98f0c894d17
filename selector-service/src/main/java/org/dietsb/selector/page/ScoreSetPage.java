package org.dietsb.selector.page;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.Agreement;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.report.Reports;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;

/** Shows the easiest and hardest images of a score set beside those that a run used least. */
@Path("/control/score-sets/{id}")
@Blocking
public class ScoreSetPage {
    private final ScoreSets sets;
    private final Runs runs;
    private final Reports reports;
    private final Trainer trainer;
    private final Viewer viewer;

    ScoreSetPage(ScoreSets sets, Runs runs, Reports reports, Trainer trainer, Viewer viewer) {
        this.trainer = trainer;
        this.sets = sets;
        this.runs = runs;
        this.reports = reports;
        this.viewer = viewer;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public Response page(@PathParam("id") String id, @QueryParam("run") @DefaultValue("") String asked)
            throws InterruptedException {
        if (!(sets.find(id) instanceof ScoreSets.Found.Whole whole)) {
            return Response.status(Response.Status.NOT_FOUND)
                    .entity(Pages.missing("complete score set " + id, viewer.badge()))
                    .build();
        }
        List<String> runs = runsOn(whole.scores());
        String run = runs.contains(asked) ? asked : runs.stream().findFirst().orElse("");
        ScoreSet scores = whole.scores();
        Optional<Agreement> besideEl2n = sets.el2n(scores.scores().length, scores.fingerprint())
                .filter(el2n -> !el2n.id().equals(scores.id()))
                .map(el2n -> Agreement.of(scores.scores(), el2n));
        return Response.ok(Pages.scoreSet(
                        ScoreSetView.of(
                                whole, trainer.classes(whole.dataset()), runs, run, reports.usage(run), besideEl2n),
                        viewer.badge()))
                .build();
    }

    /**
     * Returns the ids of runs on these examples whose usage is known: those first that chose examples by losses and may have chosen all,
     * then others that leave some out, then the rest; the newest of each first.
     */
    private List<String> runsOn(ScoreSet scores) {
        return runs.newestFirst().stream()
                .filter(run -> scores.isOf(run.examples(), run.fingerprint()))
                .filter(run -> reports.usage(run.id()).isPresent())
                .sorted(Comparator.comparingInt(ScoreSetPage::use))
                .map(RunSheet::id)
                .toList();
    }

    private static int use(RunSheet run) {
        PolicyKind kind = run.policy().kind();
        if (RunFilter.isHelper(run) || !kind.prunes()) {
            return 2;
        }
        return (kind.byLoss() || kind.byTrainedLosses()) && !kind.hasDiet() ? 0 : 1;
    }
}
