package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import org.dietsb.kit.door.EventStream;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.swap.PolicyHistory;
import org.jspecify.annotations.Nullable;

/** Lists all runs. */
@Path("/")
@Blocking
public class RunsPage {
    private final Runs runs;
    private final PolicyHistory history;
    private final ScoreSets scoreSets;
    private final PageConfig config;
    private final Viewer viewer;

    RunsPage(Runs runs, PolicyHistory history, ScoreSets scoreSets, PageConfig config, Viewer viewer) {
        this.runs = runs;
        this.history = history;
        this.scoreSets = scoreSets;
        this.config = config;
        this.viewer = viewer;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public TemplateInstance page(@Context UriInfo asked) throws InterruptedException {
        return Pages.runs(
                list(RunFilter.of(asked.getQueryParameters())),
                Words.policy(history.ofDefault().policy()),
                scoreSets.whole(),
                viewer.badge());
    }

    @GET
    @Path("control/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<OutboundSseEvent> live(
            @Context UriInfo asked,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String seen,
            @Context Sse sse) {
        RunFilter filter = RunFilter.of(asked.getQueryParameters());
        Multi<String> parts = Live.of(
                Multi.createBy().merging().streams(runs.changes(), history.changes()),
                () -> Pages.runs$live(list(filter)).render());
        return new EventStream(sse, config.heartbeat()).of(Live.NAME, parts, seen);
    }

    private RunList list(RunFilter filter) {
        return RunList.of(runs.newestFirst(), new Known(), filter);
    }

    private final class Known implements RunList.Notes {
        @Override
        public boolean isLost(RunSheet run) {
            return runs.lostSince(run).isPresent();
        }

        @Override
        public String waitsFor(RunSheet run) {
            return runs.waitsFor(run);
        }

        @Override
        public @Nullable ScoringCost scoring(RunSheet run) {
            return ComparedCost.of(run, scoreSets)
                    .filter(cost -> cost.examplesTrained() > 0)
                    .orElse(null);
        }

        @Override
        public String pending(RunSheet run) {
            try {
                return run.isLive()
                        ? history.of(run.id())
                                .map(revisions -> PendingSwaps.words(run, revisions))
                                .orElse("")
                        : "";
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return "";
            }
        }
    }
}
