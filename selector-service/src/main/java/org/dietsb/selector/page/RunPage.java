package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.report.Reports;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.Trials;
import org.dietsb.selector.swap.PolicyHistory;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.SwapOutcome;
import org.dietsb.selector.swap.Swaps;

/** A run, live; its policy can be swapped. Forms work without script. */
@Path("/control/runs/{id}")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class RunPage {
    private final RunBook book;
    private final PolicyHistory history;
    private final Swaps swaps;
    private final Reports reports;
    private final MaskRecords records;
    private final Trials trials;
    private final Viewer viewer;

    RunPage(
            RunBook book,
            PolicyHistory history,
            Swaps swaps,
            Reports reports,
            MaskRecords records,
            Trials trials,
            Viewer viewer) {
        this.book = book;
        this.history = history;
        this.swaps = swaps;
        this.reports = reports;
        this.records = records;
        this.trials = trials;
        this.viewer = viewer;
    }

    @GET
    public Response page(@PathParam("id") String id, @Context UriInfo asked) throws InterruptedException {
        return page(id, 200, new Typed(asked.getQueryParameters()), "");
    }

    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<String> live(@PathParam("id") String id) {
        Viewer.Badge badge = viewer.badge();
        return Live.of(
                Multi.createBy()
                        .merging()
                        .streams(book.changes(), reports.changes())
                        .filter(id::equals),
                () -> Pages.run$live(view(id, badge).orElseThrow(NotFoundException::new))
                        .render());
    }

    @GET
    @Path("parameters")
    public TemplateInstance parameters(@PathParam("id") String id, @Context UriInfo asked) {
        return Pages.run$parameters(SwapForm.of(id, new Typed(asked.getQueryParameters()), ""));
    }

    /** What the policy that is being typed would do; it changes nothing. */
    @GET
    @Path("dry-run")
    public TemplateInstance dryRun(@PathParam("id") String id, @Context UriInfo asked) {
        Optional<RunReport> report = reports.find(id);
        if (report.isEmpty()) {
            return Pages.dryRun(DryRunView.unknown("A dry run needs batches of the run: none is there yet."));
        }
        try {
            PolicySpec policy = new Typed(asked.getQueryParameters()).policy();
            return Pages.dryRun(DryRunView.of(trials.of(report.get(), policy)));
        } catch (IllegalArgumentException invalid) {
            return Pages.dryRun(DryRunView.unknown(String.valueOf(invalid.getMessage())));
        }
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response swap(@PathParam("id") String id, MultivaluedMap<String, String> form) throws InterruptedException {
        Typed typed = new Typed(form);
        try {
            return page(
                    id,
                    typed,
                    swaps.swap(
                            id,
                            typed.policy(),
                            typed.timing(),
                            typed.revision(),
                            viewer.badge().name()));
        } catch (IllegalArgumentException invalid) {
            return page(id, 400, typed, String.valueOf(invalid.getMessage()));
        }
    }

    @POST
    @Path("rollback")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response rollBack(@PathParam("id") String id, @FormParam("to") long to, @FormParam("revision") long revision)
            throws InterruptedException {
        return page(
                id,
                Typed.NOTHING,
                swaps.rollBack(id, to, revision, viewer.badge().name()));
    }

    private Response page(String id, Typed typed, SwapOutcome outcome) throws InterruptedException {
        if (outcome instanceof SwapOutcome.Swapped) {
            return Response.seeOther(URI.create("/control/runs/" + id + "#history"))
                    .build();
        }
        if (outcome instanceof SwapOutcome.SwappedBefore before) {
            PolicyRevision now = before.now();
            return page(
                    id,
                    412,
                    typed.at(now.revision()),
                    (now.who() == null ? "Somebody" : now.who()) + " was first, at " + Words.time(now.at()) + ": "
                            + Words.policy(now.policy()) + " is revision " + now.revision()
                            + ". What you typed is kept; send it again to take its place.");
        }
        SwapOutcome.Refused refused = (SwapOutcome.Refused) outcome;
        return page(id, status(refused.reason()), typed, refused.detail());
    }

    /** The whole page, with a form as it was typed; of what was not typed, as the run's policy is. */
    private Response page(String id, int status, Typed typed, String problem) throws InterruptedException {
        Viewer.Badge badge = viewer.badge();
        Optional<RunView> found = view(id, badge);
        if (found.isEmpty()) {
            return Response.status(404)
                    .entity(Pages.missing("run " + id, badge))
                    .build();
        }
        RunView view = found.get();
        SwapForm form = SwapForm.of(id, typed.orElse(view.current()), problem);
        return Response.status(status).entity(Pages.run(view, form, badge)).build();
    }

    private Optional<RunView> view(String id, Viewer.Badge badge) throws InterruptedException {
        // What was ordered a moment ago is waited for there.
        Optional<List<PolicyRevision>> revisions = history.of(id);
        return revisions.flatMap(
                all -> book.find(id).map(run -> RunView.of(run, all, reports.find(id), records.describe(id), badge)));
    }

    private static int status(SwapOutcome.Reason reason) {
        return switch (reason) {
            case NO_SUCH_RUN -> 404;
            case RUN_IS_OVER, MEMBER_OF_A_SCORING, TOO_MANY -> 409;
            case NOT_A_NAME, NOT_A_POLICY, NOT_A_SCHEDULE, NO_SUCH_REVISION -> 400;
            case BEYOND_THE_GUARD_RAILS -> 422;
        };
    }
}
