package org.dietsb.trainer.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import org.dietsb.kit.door.Refused;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunDetails;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.order.OrderQueue;
import org.dietsb.trainer.policy.PolicyFeed;

/** Queues runs over REST: publishes and orders them, or explains why not. */
@Singleton
public class RunQueue {
    private final RunRegistry registry;
    private final RunEvents events;
    private final RunDetails details;
    private final OrderQueue orders;
    private final PolicyFeed policies;
    private final int mostRuns;

    public RunQueue(
            RunRegistry registry,
            RunEvents events,
            RunDetails details,
            OrderQueue orders,
            PolicyFeed policies,
            TrainerConfig config) {
        this.registry = registry;
        this.events = events;
        this.details = details;
        this.orders = orders;
        this.policies = policies;
        this.mostRuns = config.mostRuns();
    }

    /** Publishes a run as queued. */
    interface Publisher {
        /**
         * Publishes a run, or throws a problem.
         *
         * @throws IOException if it cannot be stored
         */
        void publish(Run run) throws IOException, InterruptedException;
    }

    /** Throws a problem before this trainer knows all runs. */
    void requireStarted() {
        if (!events.isRead() || !policies.isRead()) {
            throw Refused.as(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "Not yet",
                    "this trainer is starting: it does not know all runs yet");
        }
    }

    /** Throws a problem if as many runs as allowed are queued or running. */
    void requireRoom() {
        long unfinished = registry.unfinished();
        if (unfinished >= mostRuns) {
            throw Refused.as(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "Too many runs",
                    unfinished + " runs are queued or running, as many as dietsb.trainer.most-runs allows");
        }
    }

    /** Publishes the parts of an order, then stores their orders, unless they await scores; returns when all is stored. */
    void add(List<Run> parts, Publisher publisher) throws InterruptedException {
        try {
            for (Run part : parts) {
                publisher.publish(part);
            }
            orders.add(parts.stream()
                    .filter(part -> !part.awaitsScores())
                    .map(Run::order)
                    .toList());
        } catch (IOException unwritten) {
            for (Run part : parts) {
                registry.find(part.id())
                        .filter(run -> !run.state().isOver())
                        .ifPresent(run ->
                                events.publishEnd(run, Run.State.FAILED, String.valueOf(unwritten.getMessage())));
            }
            throw notStored(unwritten);
        }
    }

    static HttpProblem notStored(IOException unwritten) {
        return Refused.as(Response.Status.SERVICE_UNAVAILABLE, "Not stored", String.valueOf(unwritten.getMessage()));
    }

    /** Returns a run with its lists, from the topic if need be; throws a problem if there is no such run, or it cannot be read now. */
    Run whole(String id) {
        try {
            return details.find(id).orElseThrow(() -> unknown(id));
        } catch (IOException unread) {
            throw Refused.as(Response.Status.SERVICE_UNAVAILABLE, "Not now", String.valueOf(unread.getMessage()));
        }
    }

    static HttpProblem unknown(String id) {
        return Refused.as(Response.Status.NOT_FOUND, "No such run", "id is " + id + ", which no run has");
    }
}
