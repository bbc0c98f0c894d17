package org.dietsb.selector.swap;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.policy.PolicySpec;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Policies over REST: read, swapped while a run is on, tried dry. */
@Path("/")
@Tag(name = "policies")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class PolicyResource {
    private static final Logger LOG = Logger.getLogger(PolicyResource.class);
    /** It is written to the log and to the topic. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 ._@-]{1,80}");

    private final PolicyLog log;
    private final Runs runs;
    private final ScoreSets scoreSets;

    PolicyResource(PolicyLog log, Runs runs, ScoreSets scoreSets) {
        this.log = log;
        this.runs = runs;
        this.scoreSets = scoreSets;
    }

    /** A policy in effect, or once so. */
    record PolicyView(
            long revision,
            @Nullable PolicyJson policy,
            @Nullable String who,
            @Nullable Instant at) {}

    @GET
    @Path("policies")
    @Operation(summary = "Every kind of policy, with its parameters, their ranges and defaults, and its cost")
    public List<PolicyCatalogue.Entry> catalogue() {
        return PolicyCatalogue.ENTRIES;
    }

    @GET
    @Path("policies/default")
    @Operation(summary = "The policy of new runs whose order names none")
    public Response defaultPolicy() throws InterruptedException {
        return view(current("*", PolicySpec.BASELINE));
    }

    @PUT
    @Path("policies/default")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Change the policy of new runs whose order names none")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyJson.class)))
    public Response setDefault(
            @Nullable String policy,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("who") @DefaultValue("REST") String who)
            throws InterruptedException {
        return swap("*", parsed(policy), null, ifMatch, who);
    }

    @GET
    @Path("runs/{id}/policy")
    @Operation(summary = "The policy a run was last given; its revision is the ETag")
    public Response policy(@PathParam("id") String id) throws InterruptedException {
        return view(current(id, known(id).firstPolicy()));
    }

    @PUT
    @Path("runs/{id}/policy")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Swap the policy of a run",
            description = "It judges the next batch that is not yet announced; a change of diet the next epoch."
                    + " With If-Match only if the policy still has that revision.")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyJson.class)))
    public Response swap(
            @PathParam("id") String id,
            @Nullable String policy,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("who") @DefaultValue("REST") String who)
            throws InterruptedException {
        Runs.Known run = known(id);
        if (run.over()) {
            throw problem(Response.Status.CONFLICT, "Run is over", "run " + id + " is over: its policy stays as it is");
        }
        if (!run.scoring().isEmpty()) {
            throw problem(
                    Response.Status.CONFLICT,
                    "Member of a scoring",
                    "run " + id + " is a member of scoring " + run.scoring()
                            + ", which would no longer be what it says");
        }
        PolicySpec asked = parsed(policy);
        String unfit = asked.unfitFor(run.batchSize());
        if (!unfit.isEmpty()) {
            throw problem(Response.Status.BAD_REQUEST, "Not a policy", unfit);
        }
        return swap(id, asked, run, ifMatch, who);
    }

    private Response swap(String id, PolicySpec asked, Runs.@Nullable Known run, @Nullable String ifMatch, String who)
            throws InterruptedException {
        if (!NAME.matcher(who).matches()) {
            throw problem(Response.Status.BAD_REQUEST, "Not a name", "who is no name, allowed is " + NAME.pattern());
        }
        String scoreSet = asked.scoreSet();
        if (scoreSet != null) {
            ScoreSets.Found found = scoreSets.find(scoreSet);
            if (found instanceof ScoreSets.Found.Unusable unusable) {
                throw problem(Response.Status.BAD_REQUEST, "Not a policy", "scoreSet: " + unusable.reason());
            }
            // A queued run's dataset is not known yet: it is checked when the run opens its epochs.
            if (run != null
                    && !run.fingerprint().isEmpty()
                    && !((ScoreSets.Found.Whole) found).scores().isOf(run.examples(), run.fingerprint())) {
                throw problem(
                        Response.Status.BAD_REQUEST,
                        "Not a policy",
                        "scoreSet is " + scoreSet + ", which is of another dataset than run " + id);
            }
        }
        PolicySpec first = run == null ? PolicySpec.BASELINE : run.firstPolicy();
        long revision = current(id, first).revision();
        if (ifMatch != null && !ifMatch.equals("*") && !ifMatch.equals("\"" + revision + "\"")) {
            throw conflict(id, ifMatch, revision);
        }
        PolicyLog.Entry entry = log.append(id, revision, asked, who);
        if (entry == null) {
            throw conflict(id, "\"" + revision + "\"", current(id, first).revision());
        }
        LOG.infof("Policy of %s is now %s, revision %d, by %s", id, asked.kind().label(), entry.revision(), who);
        return view(new PolicyView(entry.revision(), PolicyJson.of(entry.policy()), entry.who(), entry.at()));
    }

    @GET
    @Path("runs/{id}/policy/history")
    @Operation(summary = "Every policy a run was given, oldest first")
    public List<PolicyView> history(@PathParam("id") String id) throws InterruptedException {
        List<PolicyView> all = new ArrayList<>();
        all.add(new PolicyView(0, PolicyJson.of(known(id).firstPolicy()), null, null));
        for (PolicyLog.Entry entry : log.history(id)) {
            all.add(new PolicyView(entry.revision(), PolicyJson.of(entry.policy()), entry.who(), entry.at()));
        }
        return all;
    }

    @POST
    @Path("policies/dry-run")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "What a policy would select of these losses; changes nothing")
    @RequestBody(content = @Content(schema = @Schema(implementation = DryRun.class)))
    public DryRun.Result dryRun(@Nullable String request) {
        try {
            return StrictJson.read(request, DryRun.class, "policy, seed, history, losses")
                    .run();
        } catch (IllegalArgumentException invalid) {
            throw problem(Response.Status.BAD_REQUEST, "Not a dry run", String.valueOf(invalid.getMessage()));
        }
    }

    private PolicyView current(String id, PolicySpec first) throws InterruptedException {
        List<PolicyLog.Entry> history = log.history(id);
        if (history.isEmpty()) {
            return new PolicyView(0, PolicyJson.of(first), null, null);
        }
        PolicyLog.Entry last = history.get(history.size() - 1);
        return new PolicyView(last.revision(), PolicyJson.of(last.policy()), last.who(), last.at());
    }

    private static Response view(PolicyView view) {
        return Response.ok(view).tag(String.valueOf(view.revision())).build();
    }

    private static PolicySpec parsed(@Nullable String policy) {
        try {
            return StrictJson.read(policy, PolicyJson.class, "a policy").toPolicy();
        } catch (IllegalArgumentException invalid) {
            throw problem(Response.Status.BAD_REQUEST, "Not a policy", String.valueOf(invalid.getMessage()));
        }
    }

    private Runs.Known known(String id) throws InterruptedException {
        return runs.find(id)
                .orElseThrow(
                        () -> problem(Response.Status.NOT_FOUND, "No such run", "id is " + id + ", which no run has"));
    }

    private static HttpProblem conflict(String id, String expected, long revision) {
        return problem(
                Response.Status.PRECONDITION_FAILED,
                "Swapped before",
                "policy of " + id + " has revision " + revision + ", not " + expected + ": read it again");
    }

    private static HttpProblem problem(Response.Status status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }
}
