package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Waits for the scores of a diet, and then orders the run that was typed. The order is in the address: the page may be left and opened again. */
@Path("/control/order/scoring/{id}")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class ScoringPage {
    private static final Set<String> NOT_OF_THE_ORDER = Set.of("scoreSet", "preset", "revision");

    private final Scorer scorer;
    private final Viewer viewer;

    ScoringPage(Scorer scorer, Viewer viewer) {
        this.scorer = scorer;
        this.viewer = viewer;
    }

    /**
     * A scoring.
     *
     * @param fields of the order of the run
     * @param query the same, of the form
     * @param words its state
     * @param ready whether the scores are there
     * @param problem why they will not come; empty if they may
     */
    record View(String id, Map<String, String> fields, String query, String words, boolean ready, String problem) {
        /** Returns whether the scores may still come. */
        public boolean isWaiting() {
            return !ready && problem.isEmpty();
        }
    }

    /** Returns the address of the page that waits for a scoring with this order. */
    static String address(String id, Typed order) {
        return "/control/order/scoring/" + Trainer.encoded(id) + "?" + query(fields(order));
    }

    @GET
    public TemplateInstance page(@PathParam("id") String id, @Context UriInfo asked) throws InterruptedException {
        return Pages.scoring(view(id, asked), viewer.badge());
    }

    @GET
    @Path("state")
    public TemplateInstance state(@PathParam("id") String id, @Context UriInfo asked) throws InterruptedException {
        return Pages.scoring$state(view(id, asked));
    }

    private View view(String id, UriInfo asked) throws InterruptedException {
        Map<String, String> fields = fields(new Typed(asked.getQueryParameters()));
        try {
            Trainer.Answer answer = scorer.scoring(id);
            return answer.status() == 200
                    ? view(id, fields, answer.json())
                    : new View(
                            id,
                            fields,
                            query(fields),
                            "unknown",
                            false,
                            answer.problem("The scorer answers with status " + answer.status() + "."));
        } catch (IOException away) {
            return new View(
                    id, fields, query(fields), "The scorer does not answer; this page goes on by itself", false, "");
        }
    }

    private static View view(String id, Map<String, String> fields, JsonNode scoring) {
        String state = scoring.path("state").asText();
        boolean over = state.equals("FAILED") || state.equals("CANCELLED");
        return new View(
                id,
                fields,
                query(fields),
                words(state, scoring),
                state.equals("COMPLETED"),
                over
                        ? "The scoring is " + state.toLowerCase(Locale.ROOT) + ": "
                                + scoring.path("reason").asText("no reason is known")
                        : "");
    }

    private static String words(String state, JsonNode scoring) {
        if (state.equals("COMPLETED")) {
            return "The scores are there";
        }
        int each = scoring.path("scoringEpochs").asInt();
        String running = "";
        for (JsonNode member : scoring.path("memberRuns")) {
            if (running.isEmpty()
                    && member.path("batches").asInt() > 0
                    && member.path("epochsDone").asInt() < each) {
                running = ", one is in epoch " + (member.path("epochsDone").asInt() + 1) + " of " + each + ", batch "
                        + member.path("batch").asInt() + " of "
                        + member.path("batches").asInt();
            }
        }
        return scoring.path("membersDone").asInt() + " of "
                + scoring.path("members").asInt() + " networks are trained" + running;
    }

    private static Map<String, String> fields(Typed order) {
        Map<String, String> fields = new TreeMap<>();
        order.fields().keySet().stream()
                .filter(name ->
                        !NOT_OF_THE_ORDER.contains(name) && !order.text(name).isEmpty())
                .forEach(name -> fields.put(name, order.text(name)));
        return fields;
    }

    private static String query(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(one -> Trainer.encoded(one.getKey()) + "=" + Trainer.encoded(one.getValue()))
                .collect(Collectors.joining("&"));
    }
}
