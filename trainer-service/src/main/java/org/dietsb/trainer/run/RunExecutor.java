package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
import org.dietsb.trainer.dataset.PictureLostException;
import org.dietsb.trainer.dataset.PictureRules;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.Take;
import org.dietsb.trainer.news.Takes;
import org.dietsb.trainer.order.OrderTaker;
import org.dietsb.trainer.train.RunFailedException;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;

/** Runs orders, one after the other, on the one trainer thread: decides when an order begins, and retries its attempts. */
@Singleton
class RunExecutor implements OrderTaker.Trainer {
    private static final Logger LOG = Logger.getLogger(RunExecutor.class);
    /** Longest wait for the trainer thread after it was asked to stop at its next batch. */
    static final int STOP_SECONDS = 20;

    private static final Duration BROKER_PAUSE = Duration.ofSeconds(1);

    private final TrainerConfig config;
    private final RunRegistry registry;
    private final RunEvents events;
    private final Takes takes;
    private final Partners partners;
    private final Checkpoints checkpoints;
    private final RunEnds ends;
    private final Attempts attempts;
    private final Shutdown shutdown;
    private final Watchdog watchdog;
    private final ExecutorService trainer = Executors.newSingleThreadExecutor(work -> new Thread(work, "trainer"));

    RunExecutor(
            TrainerConfig config,
            RunRegistry registry,
            RunEvents events,
            Takes takes,
            Partners partners,
            Checkpoints checkpoints,
            RunEnds ends,
            Attempts attempts,
            Shutdown shutdown,
            Watchdog watchdog) {
        this.config = config;
        this.registry = registry;
        this.events = events;
        this.takes = takes;
        this.partners = partners;
        this.checkpoints = checkpoints;
        this.ends = ends;
        this.attempts = attempts;
        this.shutdown = shutdown;
        this.watchdog = watchdog;
    }

    @Override
    public boolean canWrite() throws InterruptedException {
        return events.canWrite();
    }

    @Override
    public boolean isElsewhere(String runId) {
        return ends.isElsewhere(runId);
    }

    @Override
    public void refuse(String runId, String why) throws InterruptedException {
        Run run = registry.find(runId).orElse(null);
        if (run != null && run.attempt() < 0 && run.state() == Run.State.QUEUED) {
            events.publishEnd(run, Run.State.FAILED, why);
            var unused = events.awaitStored(runId, shutdown::hasBegun);
        }
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
                    watchdog.begins(order.runId());
                    givenBack = executeOrFail(order);
                    // Whoever takes this order after it was settled could not know otherwise that the run is over.
                    if (events.awaitStored(order.runId(), shutdown::hasBegun)) {
                        checkpoints.tidy(registry.all());
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                } finally {
                    watchdog.over();
                    takes.settle(order.runId());
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

    private boolean executeOrFail(TrainingOrder order) {
        try {
            boolean givenBack = execute(order);
            partners.endQueuedProxy(order);
            return givenBack;
        } catch (RuntimeException | Error failed) {
            LOG.errorf(failed, "Cannot report how run %s ended", order.runId());
            registry.find(order.runId())
                    .filter(run -> !run.state().isOver() && !ends.isElsewhere(order.runId()))
                    .ifPresent(run -> events.publishEnd(run, Run.State.FAILED, failed.toString()));
            return false;
        }
    }

    /** Runs the order to its end, however it ends; returns true if the order is to be given back instead. */
    private boolean execute(TrainingOrder order) {
        Run queued = registry.find(order.runId()).orElseGet(() -> Run.queued(order, System.currentTimeMillis()));
        if (queued.state().isOver()) {
            return false;
        }
        if (shutdown.hasBegun()) {
            return false;
        }
        ends.owns(order.runId(), queued.attempt());
        if (registry.isCancelled(order.runId())) {
            ends.cancelUnstarted(queued);
            return false;
        }
        try {
            Run.Barrier newest = checkpoints.newestPlace(order.runId());
            List<Take> deaths = registry.takes(order.runId()).stream()
                    .filter(take -> take.resumed() == queued.resumed() && Objects.equals(take.checkpoint(), newest))
                    .toList();
            if (deaths.size() >= config.mostDeaths()) {
                ends.fail(
                        order,
                        queued,
                        deaths.size() + " trainers ended while training it, without a new checkpoint in between"
                                + lastSeen(queued) + ". This trainer may use " + MemoryLimit.ofThisTrainer()
                                + ": a run that needs more ends its trainer. See the trainers' logs");
                return false;
            }
            takes.take(queued, newest);
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
        } catch (IOException unwritten) {
            LOG.warnf("The order of run %s is given back: %s", order.runId(), unwritten.getMessage());
            return true;
        } catch (DatasetException | IllegalArgumentException | PictureLostException | RunFailedException impossible) {
            ends.fail(order, queued, String.valueOf(impossible.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failed) {
            LOG.errorf(failed, "Run %s failed", order.runId());
            ends.fail(
                    order,
                    queued,
                    failed instanceof UncheckedIOException named
                            ? String.valueOf(named.getMessage())
                            : failed.toString());
        }
        return false;
    }

    /** Describes where a run was when it was last heard of. */
    private static String lastSeen(Run run) {
        Run.Position at = run.position();
        return at == null
                ? ", before its first batch"
                : ", the last after batch " + at.batch() + " of epoch " + at.epoch();
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
        DataFolders folders = new DataFolders(config);
        Dataset dataset = new DatasetCatalog(config.home())
                .open(
                        choice.name(),
                        dataDir == null ? null : folders.checked(dataDir),
                        choice.limit(),
                        new PictureRules(
                                choice.imageSize(),
                                choice.onBadPicture(),
                                config.decodedPictures() == 0 ? PictureRules.halfOfMemory() : config.decodedPictures(),
                                folders.reach()));
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
            if (known.state().isOver() || ends.isElsewhere(order.runId())) {
                LOG.infof("Run %s was ended, or continues, elsewhere", order.runId());
                return true;
            }
            if (registry.isCancelled(order.runId())) {
                ends.cancelUnstarted(known);
                return true;
            }
            try {
                watchdog.computes();
                return attempts.train(order, dataset, known, mayTryAgain);
            } catch (RetriableException away) {
                LOG.warnf("Broker unavailable, run %s waits for it: %s", order.runId(), away.getMessage());
                Thread.sleep(BROKER_PAUSE.toMillis());
            } finally {
                watchdog.rests();
            }
        }
        return true;
    }

    private Run known(Run queued) {
        return registry.find(queued.id()).orElse(queued);
    }

    /** Stops the run at its next barrier if that is near, else at its next batch, and waits until it has stopped; returns whether it has. */
    boolean shutDown() throws InterruptedException {
        long within = config.stopWithin().toMillis();
        boolean near = shutdown.begin() * 1_000 < within;
        trainer.shutdown();
        if (!near || !trainer.awaitTermination(within, TimeUnit.MILLISECONDS)) {
            shutdown.stopAttempt();
        }
        boolean ended = trainer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        takes.settleAll();
        return ended;
    }
}
