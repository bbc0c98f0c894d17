package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RetriableException;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.order.OrderTaker;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;

/** Runs orders, one after the other, on the one trainer thread: decides when an order begins, and retries its attempts. */
@Singleton
class RunExecutor implements OrderTaker.Trainer {
    private static final Logger LOG = Logger.getLogger(RunExecutor.class);
    private static final Duration BROKER_PAUSE = Duration.ofSeconds(1);

    private final TrainerConfig config;
    private final RunRegistry registry;
    private final RunEvents events;
    private final Partners partners;
    private final Checkpoints checkpoints;
    private final RunEnds ends;
    private final Attempts attempts;
    private final Shutdown shutdown;
    private final ExecutorService trainer = Executors.newSingleThreadExecutor(work -> new Thread(work, "trainer"));

    RunExecutor(
            TrainerConfig config,
            RunRegistry registry,
            RunEvents events,
            Partners partners,
            Checkpoints checkpoints,
            RunEnds ends,
            Attempts attempts,
            Shutdown shutdown) {
        this.config = config;
        this.registry = registry;
        this.events = events;
        this.partners = partners;
        this.checkpoints = checkpoints;
        this.ends = ends;
        this.attempts = attempts;
        this.shutdown = shutdown;
    }

    @Override
    public boolean knowsAllNews(Duration timeout) throws InterruptedException {
        return events.awaitRead(timeout);
    }

    @Override
    public Future<?> begin(TrainingOrder order) {
        CompletableFuture<Object> over = new CompletableFuture<>();
        try {
            trainer.execute(() -> {
                boolean givenBack = false;
                try {
                    givenBack = execute(order);
                    partners.endQueuedProxy(order);
                } catch (RuntimeException | Error failed) {
                    LOG.errorf(failed, "Cannot publish how run %s ended", order.runId());
                }
                if (!shutdown.hasBegun()) {
                    over.complete(givenBack ? OrderTaker.GIVE_BACK : null);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debugf("Run %s is not started: this trainer is shutting down", order.runId());
        }
        return over;
    }

    /** Runs the order to its end, however it ends; returns true if the order is to be given back instead. */
    private boolean execute(TrainingOrder order) {
        Run queued = registry.find(order.runId()).orElseGet(() -> Run.queued(order, System.currentTimeMillis()));
        if (queued.state().isOver()) {
            checkpoints.delete(order.runId(), queued.attempt());
            return false;
        }
        if (shutdown.hasBegun()) {
            return false;
        }
        ends.owns(queued.attempt());
        if (registry.isCancelled(order.runId())) {
            ends.cancelUnstarted(queued);
            return false;
        }
        try {
            Partners.Turn turn = partners.awaitTurn(order, queued);
            switch (turn.what()) {
                case BEGIN -> train(order, queued);
                case CANCELLED -> ends.cancelUnstarted(known(queued));
                case PARTNER_OVER -> {
                    if (order.proxyOf() == null) {
                        ends.fail(order, queued, turn.why());
                    } else {
                        ends.endUnstarted(known(queued), turn.why());
                    }
                }
                case GIVE_BACK -> {
                    return true;
                }
                case SHUTDOWN -> {}
            }
        } catch (DatasetException | IllegalArgumentException impossible) {
            ends.fail(order, queued, String.valueOf(impossible.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failed) {
            LOG.errorf(failed, "Run %s failed", order.runId());
            ends.fail(order, queued, failed.toString());
        }
        return false;
    }

    private void train(TrainingOrder order, Run queued) throws DatasetException, InterruptedException {
        TrainingOrder.DatasetChoice choice = order.dataset();
        LOG.infof(
                "Run %s begins: %s on %s, %s",
                order.runId(),
                order.model(),
                choice.name(),
                order.firstPolicy().kind().label());
        String dataDir = choice.dataDir();
        Dataset dataset = new DatasetCatalog(config.home())
                .open(
                        choice.name(),
                        dataDir == null ? null : new DataFolders(config).checked(dataDir),
                        choice.limit(),
                        choice.imageSize());
        for (int tries = 1; tries <= config.attempts(); tries++) {
            if (openAndTrain(order, dataset, queued, tries < config.attempts())) {
                return;
            }
        }
    }

    /** Trains one attempt, opened as soon as the broker answers; returns false if another attempt is to be opened. */
    private boolean openAndTrain(TrainingOrder order, Dataset dataset, Run queued, boolean mayTryAgain)
            throws InterruptedException {
        while (!shutdown.hasBegun()) {
            Run known = known(queued);
            if (registry.isCancelled(order.runId())) {
                ends.cancelUnstarted(known);
                return true;
            }
            try {
                return attempts.train(order, dataset, known, mayTryAgain);
            } catch (RetriableException away) {
                LOG.warnf("Broker unavailable, run %s waits for it: %s", order.runId(), away.getMessage());
                Thread.sleep(BROKER_PAUSE.toMillis());
            }
        }
        return true;
    }

    private Run known(Run queued) {
        return registry.find(queued.id()).orElse(queued);
    }

    /** Stops the run at its next barrier if that is near, else at its next batch, and waits until it has stopped. */
    void shutDown() throws InterruptedException {
        long within = config.stopWithin().toMillis();
        boolean near = shutdown.begin() * 1_000 < within;
        trainer.shutdown();
        if (!near || !trainer.awaitTermination(within, TimeUnit.MILLISECONDS)) {
            shutdown.stopAttempt();
        }
        if (!trainer.awaitTermination(20, TimeUnit.SECONDS)) {
            LOG.warn("The trainer thread did not stop within 20 s");
        }
    }
}
