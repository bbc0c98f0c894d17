package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.kit.door.EventStream;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.report.Forecast;
import org.dietsb.selector.report.Ledger;
import org.dietsb.selector.report.Reports;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.Trials;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.swap.PolicyHistory;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.Swaps;
import org.jspecify.annotations.Nullable;

/** Shows a run live and swaps its policy. Forms work without JavaScript. */
@Path("/control/runs/{id}")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class RunPage {
    private final Runs runs;
    private final PolicyHistory history;
    private final Swaps swaps;
    private final Reports reports;
    private final MaskRecords records;
    private final Trials trials;
    private final ScoreSets scoreSets;
    private final Trainer trainer;
    private final PageConfig config;
    private final Viewer viewer;

    RunPage(
            Runs runs,
            PolicyHistory history,
            Swaps swaps,
            Reports reports,
            MaskRecords records,
            Trials trials,
            ScoreSets scoreSets,
            Trainer trainer,
            PageConfig config,
            Viewer viewer) {
        this.runs = runs;
        this.history = history;
        this.swaps = swaps;
        this.reports = reports;
        this.records = records;
        this.trials = trials;
        this.scoreSets = scoreSets;
        this.trainer = trainer;
        this.config = config;
        this.viewer = viewer;
    }

    @GET
    public Response page(@PathParam("id") String id, @Context UriInfo asked) throws InterruptedException {
        return page(id, 200, new Typed(asked.getQueryParameters()), "");
    }

    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<OutboundSseEvent> live(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String seen,
            @Context Sse sse)
            throws InterruptedException {
        Viewer.Badge badge = viewer.badge();
        if (runs.find(id).isEmpty()) {
            throw new NotFoundException();
        }
        Multi<String> parts = Live.of(
                Multi.createBy()
                        .merging()
                        .streams(runs.changes(), history.changes(), reports.changes())
                        .filter(changed -> id.equals(changed) || runs.isAwaitedBy(changed, id)),
                () -> Pages.run$live(view(id, badge).orElseThrow(NotFoundException::new))
                        .render());
        return new EventStream(sse, config.heartbeat()).of(Live.NAME, parts, seen);
    }

    /** Shows the effect of the policy in the form. Changes nothing. */
    @GET
    @Path("dry-run")
    public TemplateInstance dryRun(@PathParam("id") String id, @Context UriInfo asked) throws InterruptedException {
        Optional<RunReport> report = reports.find(id);
        if (report.isEmpty()) {
            return Pages.dryRun(DryRunView.unknown(
                    "No dry run yet: the run has no judged batches.", "/control/runs/" + id + "/dry-run"));
        }
        try {
            Policy policy = new Typed(asked.getQueryParameters()).policy();
            Optional<RunSheet> run = runs.find(id);
            return Pages.dryRun(DryRunView.of(
                    report.get(),
                    trials.of(report.get(), policy),
                    tried -> run.flatMap(sheet -> Forecast.of(sheet, report.get(), policy, tried))));
        } catch (IllegalArgumentException invalid) {
            return Pages.dryRun(DryRunView.unknown(String.valueOf(invalid.getMessage()), ""));
        }
    }

    /** Shows the swap in the form as commands. Changes nothing. */
    @GET
    @Path("swap-commands")
    public TemplateInstance swapCommands(@PathParam("id") String id, @Context UriInfo asked) {
        return Pages.commands(
                Commands.swap(
                        id,
                        new Typed(asked.getQueryParameters()),
                        asked.getBaseUri(),
                        viewer.badge().name()),
                "swap");
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response swap(@PathParam("id") String id, MultivaluedMap<String, String> form) throws InterruptedException {
        Typed typed = new Typed(form);
        return answer(
                id,
                typed,
                () -> swaps.swap(
                        id,
                        typed.policy(),
                        typed.timing(),
                        typed.revision(),
                        viewer.badge().name()));
    }

    @POST
    @Path("rollback")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response rollBack(@PathParam("id") String id, @FormParam("to") long to, @FormParam("revision") long revision)
            throws InterruptedException {
        return answer(
                id,
                Typed.NOTHING,
                () -> swaps.rollBack(id, to, revision, viewer.badge().name()));
    }

    /** Renders the page with a problem at the form of its policy. */
    Response rejected(String id, int status, String problem) throws InterruptedException {
        return page(id, status, Typed.NOTHING, problem);
    }

    /** Renders the page with a problem at the buttons of the run. */
    Response refused(String id, int status, String problem) throws InterruptedException {
        return page(id, status, Typed.NOTHING, "", problem);
    }

    private Response answer(String id, Typed typed, Submission.Change change) throws InterruptedException {
        return new Submission(typed, (status, shown, problem) -> page(id, status, shown, problem))
                .answer(change, "/control/runs/" + id + "#history");
    }

    private Response page(String id, int status, Typed typed, String problem) throws InterruptedException {
        return page(id, status, typed, problem, "");
    }

    /** Renders the whole page. The form holds the typed input, or the run's current policy if nothing was typed. */
    private Response page(String id, int status, Typed typed, String problem, String refused)
            throws InterruptedException {
        Viewer.Badge badge = viewer.badge();
        Optional<RunView> found = view(id, badge);
        if (found.isEmpty()) {
            return Response.status(404)
                    .entity(Pages.missing("run " + id, badge))
                    .build();
        }
        RunView view = found.get();
        PolicyForm form = PolicyForm.of(typed.orElse(view.current()), scoreSets.whole(), problem);
        return Response.status(status)
                .entity(Pages.run(view, form, refused, badge))
                .build();
    }

    private Optional<RunView> view(String id, Viewer.Badge badge) throws InterruptedException {
        // Waits for a run that was ordered a moment ago.
        Optional<List<PolicyRevision>> revisions = history.of(id);
        return runs.whole(id)
                .filter(run -> revisions.isPresent())
                .map(run -> RunView.of(
                        run,
                        revisions.orElseThrow(),
                        Ledger.of(run),
                        reports.find(id),
                        records.describe(id),
                        runs.partner(run),
                        runs::newestFirst,
                        runs.waitsFor(run),
                        runs.lostSince(run),
                        RunLinks.of(run, trainer.address(), config, set -> scoreSets
                                .whole()
                                .contains(set)),
                        badge));
    }
}
