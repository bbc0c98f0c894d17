package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dietsb.launcher.text.UserError;

/** A run or a scoring, which can be cancelled. */
public final class Work {
    private static final List<String> ACTIVE = List.of("QUEUED", "RUNNING");
    private static final Duration UNTIL_CANCELLED = Duration.ofSeconds(10);
    /** Not allowed in an id. */
    private static final String SCORING = "scoring=";

    private final LocalSystem system;
    private final Rest service;
    private final String path;
    private final String name;

    private Work(LocalSystem system, Rest service, String path, String name) {
        this.system = system;
        this.service = service;
        this.path = path;
        this.name = name;
    }

    public static Work run(LocalSystem system, String id) {
        return new Work(system, system.trainer, "/runs/" + Rest.segment(id), id);
    }

    public static Work scoring(LocalSystem system, String id) {
        return new Work(system, system.scorer, "/scorings/" + Rest.segment(id), SCORING + id);
    }

    /** Returns the run or scoring that was recorded under this name. */
    static Work named(LocalSystem system, String name) {
        return name.startsWith(SCORING) ? scoring(system, name.substring(SCORING.length())) : run(system, name);
    }

    /** Returns a name that no other run or scoring has. */
    String name() {
        return name;
    }

    /** Whether a run or scoring in this state is not over. */
    public static boolean isGoing(JsonNode view) {
        return ACTIVE.contains(view.path("state").asText());
    }

    /** Whether it is not over, and is worth waiting for: not a run whose loop seems to have ended. */
    static boolean isAwaited(JsonNode view) {
        return isGoing(view) && !view.has("lostSince");
    }

    /** Returns the ids of the runs that are worth waiting for. */
    static Stream<String> awaited(Rest trainer) {
        return NextPage.all(trainer, "/runs?state=QUEUED,RUNNING&limit=1000").stream()
                .filter(Work::isAwaited)
                .map(run -> run.path("runId").asText());
    }

    /** Returns it as its service shows it; empty if the service does not know it. */
    public Optional<JsonNode> view() {
        return service.find(path);
    }

    /** Cancels it unless it is over, and waits for that. A trainer stops at its next batch. Returns whether it is over. */
    public boolean cancel() {
        if (isOver()) {
            return true;
        }
        long deadline = System.nanoTime() + UNTIL_CANCELLED.toNanos();
        var unused = service.delete(path);
        while (!isOver()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            system.mustBeAlive();
            LocalSystem.pause(100);
        }
        return true;
    }

    /**
     * Requests the end of a run while no trainer answers, and says what becomes of it: the selector stores the request, and the
     * next trainer that takes the run's order ends it.
     */
    public static String cancelWithoutTrainer(LocalSystem system, String id) {
        JsonNode run = system.selector.delete("/runs/" + Rest.segment(id));
        return run.path("requested").isEmpty()
                ? id + " is over: " + run.path("state").asText()
                : id + " is to be cancelled: no trainer answers, and the next one that takes its order ends it";
    }

    private boolean isOver() {
        return view().filter(Work::isGoing).isEmpty();
    }

    /** Cancels it, as far as its service answers. Returns whether it is over. */
    boolean cancelIfPossible() {
        try {
            return cancel();
        } catch (UserError gone) {
            return false;
        }
    }

    /** Cancels it, and says so, because the process that ordered it was killed. Returns whether it is over. */
    boolean cancelLeftBehind() {
        try {
            if (!isOver()) {
                System.out.println(
                        (name.startsWith(SCORING) ? "Scoring " + name.substring(SCORING.length()) : "Run " + name)
                                + " was left unfinished by an earlier dietsb and is cancelled");
            }
            return cancel();
        } catch (UserError gone) {
            return false;
        }
    }
}
