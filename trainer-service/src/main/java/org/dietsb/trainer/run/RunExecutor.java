package org.dietsb.trainer.run;

import ai.djl.Device;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.topic.ClientSettings;
import org.dietsb.trainer.topic.TopicList;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs orders, one after the other, on the one trainer thread. */
@Singleton
class RunExecutor {
    private static final Logger LOG = Logger.getLogger(RunExecutor.class);

    private final TrainerConfig config;
    private final ClientSettings kafka;
    private final Producer<String, byte[]> producer;
    private final RunRegistry registry;
    private final RunEvents events;
    private final PolicyFeed policies;
    private final ModelFiles models;
    private final PredictionReports reports;
    private final TopicList topics;
    private final TrainingMeters meters;
    private final RunGauges gauges;
    private final ExecutorService trainer = Executors.newSingleThreadExecutor(work -> new Thread(work, "trainer"));
    private volatile @Nullable TrainerDevice device;
    private volatile boolean shuttingDown;
    private volatile @Nullable MaskInbox waiting;

    RunExecutor(
            TrainerConfig config,
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            RunRegistry registry,
            RunEvents events,
            PolicyFeed policies,
            ModelFiles models,
            PredictionReports reports,
            TopicList topics,
            MeterRegistry meterRegistry) {
        this.config = config;
        this.kafka = kafka;
        this.producer = producer;
        this.registry = registry;
        this.events = events;
        this.policies = policies;
        this.models = models;
        this.reports = reports;
        this.topics = topics;
        this.meters = new TrainingMeters(meterRegistry, config.measureStages());
        this.gauges = new RunGauges(meterRegistry);
    }

    /**
     * Finds the device to train on.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    void start() {
        if (config.attempts() < 1) {
            throw new IllegalArgumentException(
                    "dietsb.trainer.attempts is " + config.attempts() + ", allowed is 1 or more");
        }
        TrainerDevice found = TrainerDevice.of(config.device(), config.threads());
        device = found;
        LOG.infof(
                "Training on %s in %s, selection in %s: %s; libtorch %s of %s with %s",
                found.description(),
                config.precision().label(),
                config.selectionPrecision().label(),
                found.why(),
                found.libtorch().version(),
                found.libtorch().folder(),
                String.join(", ", new TreeSet<>(found.libtorch().features())));
    }

    /** Where this trainer trains; none before it has started. */
    Optional<TrainerDevice> device() {
        return Optional.ofNullable(device);
    }

    /** Runs the order; done when it is over, however it ended, and never if this trainer is shut down before. */
    Future<?> submit(TrainingOrder order) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        try {
            trainer.execute(() -> {
                try {
                    execute(order);
                } catch (RuntimeException | Error failed) {
                    LOG.errorf(failed, "How run %s ended cannot be told", order.runId());
                }
                if (!shuttingDown) {
                    over.complete(null);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debugf("Run %s came too late: this trainer stops", order.runId());
        }
        return over;
    }

    private void execute(TrainingOrder order) {
        Run queued = registry.find(order.runId()).orElseGet(() -> Run.queued(order, System.currentTimeMillis()));
        if (queued.state().isOver() || shuttingDown) {
            return;
        }
        if (registry.isCancelled(order.runId())) {
            events.publish(queued.ended(Run.State.CANCELLED, "cancelled before it began", System.currentTimeMillis()));
            return;
        }
        LOG.infof(
                "Run %s begins: %s on %s, %s",
                order.runId(),
                order.model(),
                order.dataset().name(),
                order.firstPolicy().kind().label());
        try {
            String dataDir = order.dataset().dataDir();
            Dataset dataset = new DatasetCatalog(config.home())
                    .open(
                            order.dataset().name(),
                            dataDir == null ? null : new DataFolders(config).checked(dataDir),
                            order.dataset().limit());
            for (int attempt = 1; attempt <= config.attempts(); attempt++) {
                boolean mayTryAgain = attempt < config.attempts();
                if (train(order, dataset, queued.queuedMillis(), attempt == 1, mayTryAgain)) {
                    return;
                }
            }
        } catch (DatasetException | IllegalArgumentException impossible) {
            fail(order, queued, String.valueOf(impossible.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failed) {
            LOG.errorf(failed, "Run %s failed", order.runId());
            fail(order, queued, failed.toString());
        }
    }

    private void fail(TrainingOrder order, Run queued, String reason) {
        Run run = registry.find(order.runId()).orElse(queued);
        LOG.infof("Run %s failed: %s", order.runId(), reason);
        events.publish(run.ended(Run.State.FAILED, reason, System.currentTimeMillis()));
        reports.failed(order, Math.max(0, run.attempt()), reason);
    }

    /** One attempt. False if the selector did not know it and another may be opened. */
    private boolean train(
            TrainingOrder order, Dataset dataset, long queuedMillis, boolean firstAttempt, boolean mayTryAgain)
            throws InterruptedException {
        Device on = device().orElseThrow(() -> new IllegalStateException("not started"))
                .device();
        String runId = order.runId();
        int partition = Math.floorMod(runId.hashCode(), topics.partitions(KafkaLossLog.TOPIC));
        MaskInbox inbox = new MaskInbox(meters::maskReturned);
        try (Network network = Network.create(
                        order.model(),
                        dataset.train().channels(),
                        dataset.classNames().size(),
                        order.seed(),
                        on,
                        new Precisions(config.precision(), config.selectionPrecision()),
                        order.recipe().momentum(),
                        order.recipe().weightDecay());
                DeviceImages train =
                        new DeviceImages(network.manager(), dataset.train(), dataset.mean(), dataset.std());
                DeviceImages test = new DeviceImages(network.manager(), dataset.test(), dataset.mean(), dataset.std());
                KafkaMaskReader masks = KafkaMaskReader.atEnd(
                        kafka.with(Map.of()), runId, partition, dataset.train().count())) {
            wakeWhenToldToStop(runId, inbox);
            KafkaLossLog log = KafkaLossLog.open(producer, runId, partition, opening(order, dataset));
            masks.start(log.attempt(), inbox);
            // Equal bits are promised on the CPU alone, and where nothing was begun anew.
            boolean bitIdentical = firstAttempt && !on.isGpu();
            RunJournal journal = new RunJournal(order, dataset, log.attempt(), queuedMillis, bitIdentical, run -> {
                events.publish(run);
                gauges.show(run);
            });
            try {
                journal.started();
                long started = System.nanoTime();
                TrainingLoop.Outcome outcome = new TrainingLoop(
                                order,
                                new TrainingLoop.Learner(network, train, test),
                                new TrainingLoop.Exchange(
                                        log, inbox, () -> policies.current(runId, order.firstPolicy())),
                                meters,
                                journal)
                        .run();
                meters.masksDropped(inbox.dropped());
                if (outcome instanceof TrainingLoop.Outcome.Ended ended) {
                    return end(journal, log, order, ended.why(), mayTryAgain);
                }
                if (order.member() != null) {
                    reports.report(order, log.attempt(), dataset, network, train, journal.examplesTrained(), started);
                } else {
                    models.write(runId, network, dataset, ModelDescription.of(order, dataset, network));
                }
                log.close("completed");
                journal.ended(Run.State.COMPLETED, "", network.checksum());
                LOG.infof("Run %s is completed", runId);
                return true;
            } catch (RuntimeException | Error failed) {
                log.close(failed.toString());
                throw failed;
            }
        } finally {
            waiting = null;
            registry.forget(runId);
        }
    }

    private void wakeWhenToldToStop(String runId, MaskInbox inbox) {
        waiting = inbox;
        registry.whenCancelled(runId, () -> inbox.offer(new Answer.Stopped()));
        if (shuttingDown) {
            inbox.offer(new Answer.Stopped());
        }
    }

    private boolean end(RunJournal journal, KafkaLossLog log, TrainingOrder order, Answer why, boolean mayTryAgain) {
        String runId = order.runId();
        if (why instanceof Answer.Fenced fenced) {
            LOG.infof("Run %s goes on elsewhere, as attempt %d", runId, fenced.byAttempt());
            return true;
        }
        if (why instanceof Answer.Stopped && !registry.isCancelled(runId)) {
            LOG.infof("Run %s stops with this trainer, and its order comes again", runId);
            return true;
        }
        if (why instanceof Answer.Stopped) {
            log.close("cancelled");
            journal.ended(Run.State.CANCELLED, "cancelled", "");
            reports.failed(order, log.attempt(), "its run was cancelled");
            LOG.infof("Run %s is cancelled", runId);
            return true;
        }
        if (why instanceof Answer.Unknown && mayTryAgain) {
            LOG.infof("The selector does not know run %s any more: it begins anew", runId);
            log.close("unknown to the selector");
            return false;
        }
        String reason =
                why instanceof Answer.Refused refused ? refused.reason() : "the selector does not know this run";
        log.close(reason);
        journal.ended(Run.State.FAILED, reason, "");
        reports.failed(order, log.attempt(), reason);
        LOG.infof("Run %s failed: %s", runId, reason);
        return true;
    }

    private static AttemptOpened opening(TrainingOrder order, Dataset dataset) {
        return AttemptOpened.newBuilder()
                .setDataset(OrderWire.toWire(dataset.identity()))
                .setModel(order.model())
                .setSeed(order.seed())
                .setEpochs(order.recipe().epochs())
                .setBatchSize(order.recipe().batchSize())
                .setWindow(order.window())
                .build();
    }

    /** Stops the run at its next batch and waits until it has. */
    void shutDown() throws InterruptedException {
        shuttingDown = true;
        MaskInbox inbox = waiting;
        if (inbox != null) {
            inbox.offer(new Answer.Stopped());
        }
        trainer.shutdown();
        if (!trainer.awaitTermination(20, TimeUnit.SECONDS)) {
            LOG.warn("The trainer thread did not stop within 20 s");
        }
    }
}
