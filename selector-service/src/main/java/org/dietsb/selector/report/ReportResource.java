package org.dietsb.selector.report;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dietsb.selector.door.Asked;
import org.dietsb.selector.door.Problems;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** REST resource for the reports of a run's selector and trainer: usage, losses, cost. */
@Path("/runs/{id}")
@Tag(name = "reports")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ReportResource {
    private static final int MOST_EXAMPLES = 1_000;

    private final Runs runs;
    private final Reports reports;

    ReportResource(Runs runs, Reports reports) {
        this.runs = runs;
        this.reports = reports;
    }

    /**
     * How often the masks of a run selected each example.
     *
     * @param epoch the running epoch at that time, from 1
     * @param batch number of its batches judged by then
     * @param histogram number of examples by how often they were selected
     */
    public record UsageView(
            long attempt,
            int epoch,
            int batch,
            int examples,
            Map<Integer, Integer> histogram,
            List<Usage.Used> least,
            List<Usage.Used> most) {}

    /** Losses of the selection passes, of the previous epoch and of the running one. */
    public record LossesView(long attempt, int epoch, int batch, List<EpochReport> epochs) {}

    @GET
    @Path("usage")
    @Operation(
            operationId = "getUsage",
            summary = "How often the run's masks selected each example",
            description =
                    "As of the end of its last epoch; what a resumed run repeats counts once. least and most are the"
                            + " numbers of least and most selected examples to list.")
    @APIResponseSchema(value = UsageView.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "400", description = "least or most is out of range")
    @APIResponse(responseCode = "404", description = "no such run, or its usage is not reported")
    public UsageView usage(
            @PathParam("id") String id,
            @QueryParam("least") @Nullable String least,
            @QueryParam("most") @Nullable String most)
            throws InterruptedException {
        int leastCount = count("least", least);
        int mostCount = count("most", most);
        Usage usage = usageOf(id);
        return new UsageView(
                usage.attempt(),
                usage.epoch(),
                usage.batch(),
                usage.examples(),
                usage.histogram(),
                usage.least(leastCount),
                usage.most(mostCount));
    }

    /**
     * How often each example was selected.
     *
     * @param times [examples], by index in the unpruned training set, counted up to 65,535
     */
    public record TimesView(long attempt, int epoch, int batch, int[] times) {}

    @GET
    @Path("usage/times")
    @Operation(
            operationId = "getUsageOfAll",
            summary = "How often the run's masks selected each example, of all examples",
            description = "By index in the unpruned training set, from 0; counted up to 65,535.")
    @APIResponseSchema(value = TimesView.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no such run, or its usage is not reported")
    public TimesView times(@PathParam("id") String id) throws InterruptedException {
        Usage usage = usageOf(id);
        return new TimesView(
                usage.attempt(),
                usage.epoch(),
                usage.batch(),
                IntStream.range(0, usage.examples()).map(usage::times).toArray());
    }

    private Usage usageOf(String id) throws InterruptedException {
        return reported(id, reports.usage(id), "its first epoch is not over, or it is too long ago");
    }

    @GET
    @Path("losses")
    @Operation(
            operationId = "getLosses",
            summary = "Histogram of the losses of the run's selection passes, and of the selected examples",
            description = "For the running epoch and the one before it. A bin counts losses up to its bound, in nats.")
    @APIResponseSchema(value = LossesView.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no such run, or it is not reported")
    public LossesView losses(@PathParam("id") String id) throws InterruptedException {
        RunReport report = reported(id, reports.find(id), "none of its batches was judged yet, or it is too long ago");
        return new LossesView(report.attempt(), report.epoch(), report.batch(), report.epochs());
    }

    @GET
    @Path("cost")
    @Operation(
            operationId = "getCost",
            summary = "Cost of the run, by epoch and in total, and that of training on everything",
            description =
                    "A pass is one over the whole training set, forward and backward; the cost of its proxy is separate.")
    @APIResponseSchema(value = Ledger.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no such run")
    public Ledger cost(@PathParam("id") String id) throws InterruptedException {
        Ledger own =
                Ledger.of(runs.whole(id).orElseThrow(() -> Problems.notFound("No such run", "there is no run " + id)));
        return runs.proxyOf(id).map(own::with).orElse(own);
    }

    private RunSheet run(String id) throws InterruptedException {
        return runs.find(id).orElseThrow(() -> Problems.notFound("No such run", "there is no run " + id));
    }

    private <T> T reported(String id, Optional<T> report, String otherwise) throws InterruptedException {
        if (report.isEmpty()) {
            run(id);
        }
        return report.orElseThrow(
                () -> Problems.notFound("No report", "there is no report of run " + id + ": " + otherwise));
    }

    private static int count(String name, @Nullable String asked) {
        Integer count = Asked.integer(name, asked);
        if (count != null && (count < 0 || count > MOST_EXAMPLES)) {
            throw Problems.badRequest(
                    "Out of range", name + " is " + count + ", allowed is [0, " + MOST_EXAMPLES + "]");
        }
        return count == null ? 0 : count;
    }
}
