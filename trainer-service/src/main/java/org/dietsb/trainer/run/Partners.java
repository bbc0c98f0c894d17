package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.Totals;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;

/** Coordinates a run and its proxy, which begin and end together. */
@Singleton
class Partners {
    private static final Logger LOG = Logger.getLogger(Partners.class);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    /** An idle trainer has taken the proxy by then. */
    private static final Duration BEFORE_NOTICE = Duration.ofSeconds(3);

    private final TrainerConfig config;
    private final RunRegistry registry;
    private final RunEvents events;
    private final Shutdown shutdown;

    Partners(TrainerConfig config, RunRegistry registry, RunEvents events, Shutdown shutdown) {
        this.config = config;
        this.registry = registry;
        this.events = events;
        this.shutdown = shutdown;
    }

    /**
     * The next step for an order.
     *
     * @param why the reason, if its partner is over
     */
    record Turn(What what, String why) {
        enum What {
            BEGIN,
            CANCELLED,
            /** The other part of the order has ended, so this one ends too. */
            PARTNER_OVER,
            /** Other runs need trainers: all trainers could be held by runs that wait for their proxies. */
            GIVE_BACK,
            SHUTDOWN
        }

        private static Turn of(What what) {
            return new Turn(what, "");
        }
    }

    /** Waits until an order may begin: a run waits until its proxy has begun. */
    Turn awaitTurn(TrainingOrder order, Run queued) throws InterruptedException {
        String partner = order.partner();
        if (partner == null) {
            return Turn.of(Turn.What.BEGIN);
        }
        long since = System.nanoTime();
        for (boolean published = false; !shutdown.hasBegun(); Thread.sleep(POLL_INTERVAL.toMillis())) {
            if (registry.isCancelled(order.runId())) {
                return Turn.of(Turn.What.CANCELLED);
            }
            Run other = registry.find(partner).orElse(null);
            String ended = other == null ? "" : endedBy(order, other);
            if (!ended.isEmpty()) {
                return new Turn(Turn.What.PARTNER_OVER, ended);
            }
            if (order.proxyOf() != null || (other != null && other.state() != Run.State.QUEUED)) {
                return Turn.of(Turn.What.BEGIN);
            }
            long waited = System.nanoTime() - since;
            if (!published && waited > BEFORE_NOTICE.toNanos()) {
                LOG.infof("Run %s waits for a trainer to take its proxy %s", order.runId(), partner);
                events.publish(queued.waiting("waits for another trainer, to train its proxy " + partner));
                published = true;
            }
            if (waited > 2 * config.orderLock().toNanos() && isWantedElsewhere(order)) {
                return Turn.of(Turn.What.GIVE_BACK);
            }
        }
        return Turn.of(Turn.What.SHUTDOWN);
    }

    private boolean isWantedElsewhere(TrainingOrder order) {
        return registry.live().stream()
                .anyMatch(run -> !run.id().equals(order.runId()) && !run.id().equals(order.partner()));
    }

    /** The reason why a part of an order is over because the other part is; empty if it is not over. */
    private String endedBy(TrainingOrder order, Run other) {
        if (!other.state().isOver()) {
            return "";
        }
        boolean completed = other.state() == Run.State.COMPLETED;
        String how =
                other.id() + " is " + other.state().label() + (other.reason().isEmpty() ? "" : ": " + other.reason());
        if (order.proxyOf() == null) {
            return completed ? "" : "its proxy " + how;
        }
        boolean hasBegun =
                registry.find(order.runId()).filter(run -> run.attempt() >= 0).isPresent();
        // A run that continued without its masks, or stopped early, no longer needs them. Otherwise it is about as far
        // as its proxy.
        boolean toTheEnd = registry.totals(other.id()).map(Totals::maskTimeouts).orElse(0) == 0
                && other.epochs().size() == other.order().recipe().epochs();
        return completed && hasBegun && toTheEnd ? "" : "its partner " + how;
    }

    /** Ends a proxy that no trainer has taken when its run is over. */
    void endQueuedProxy(TrainingOrder order) {
        TrainingOrder proxy = order.proxy();
        if (proxy == null || !registry.isIn(Run.State.QUEUED, proxy.runId())) {
            return;
        }
        registry.find(order.runId())
                .filter(run -> run.state().isOver())
                .ifPresent(over -> events.publishEnd(
                        registry.find(proxy.runId()).orElseThrow(), Run.State.CANCELLED, endedBy(proxy, over)));
    }

    /** Stops the attempt that waits on the inbox when its run is cancelled; until {@link #forget}. */
    void stopWhenCancelled(TrainingOrder order, MaskInbox inbox) {
        registry.whenCancelled(order.runId(), () -> inbox.offer(new Answer.Stopped()));
    }

    /** Stops the attempt that waits on the inbox when a later one is known, even if the selector does not say so; until {@link #forget}. */
    void stopWhenElsewhere(TrainingOrder order, long attempt, MaskInbox inbox) {
        registry.whenChanged(order.runId(), run -> {
            if (run.attempt() > attempt) {
                inbox.offer(new Answer.Fenced(run.attempt()));
            }
        });
    }

    /** Ends the attempt that waits on the inbox when its partner ends; until {@link #forget}. */
    void endWithPartner(TrainingOrder order, MaskInbox inbox) {
        String partner = order.partner();
        if (partner == null) {
            return;
        }
        registry.whenOver(partner, over -> {
            String why = endedBy(order, over);
            if (!why.isEmpty()) {
                inbox.offer(order.proxyOf() == null ? new Answer.Refused(why) : new Answer.PartnerOver(why));
            }
        });
    }

    /** Removes what the attempt at the order waits for. */
    void forget(TrainingOrder order) {
        registry.forget(order.runId());
        String partner = order.partner();
        if (partner != null) {
            registry.forget(partner);
        }
    }

    /**
     * Waits until the selector knows the attempt of a proxy's run, so that it holds the proxy to the run's window. Before that the
     * proxy must not announce anything.
     */
    void awaitRunOfProxy(TrainingOrder order) throws InterruptedException {
        String run = order.proxyOf();
        while (run != null
                && !shutdown.hasBegun()
                && !registry.isCancelled(order.runId())
                && registry.isIn(Run.State.QUEUED, run)) {
            Thread.sleep(POLL_INTERVAL.toMillis());
        }
    }
}
