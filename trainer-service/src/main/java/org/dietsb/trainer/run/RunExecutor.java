package org.dietsb.trainer.run;

import ai.djl.Device;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
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
import org.apache.kafka.common.errors.RetriableException;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.TopicList;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.checkpoint.LoopStateWire;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.CheckpointMeters;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.model.Safetensors;
import org.dietsb.trainer.policy.Policies;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.Checkpoint;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs orders, one after the other, on the one trainer thread. */
@Singleton
class RunExecutor {
    private static final Logger LOG = Logger.getLogger(RunExecutor.class);
    private static final Duration BROKER_PAUSE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** An idle trainer has taken a proxy by then. */
    private static final Duration BEFORE_TOLD = Duration.ofSeconds(3);

    private final TrainerConfig config;
    private final ClientSettings kafka;
    private final Producer<String, byte[]> producer;
    private final RunRegistry registry;
    private final RunEvents events;
    private final PolicyFeed policies;
    private final ModelFiles models;
    private final PredictionReports reports;
    private final OwnScores ownScores;
    private final TopicList topics;
    private final DeadLetters.Of deadLetters;
    private final TrainingMeters meters;
    private final RunGauges gauges;
    private final ExecutorService trainer = Executors.newSingleThreadExecutor(work -> new Thread(work, "trainer"));
    private volatile @Nullable TrainerDevice device;
    private volatile boolean shuttingDown;
    private volatile @Nullable MaskInbox waiting;
    private volatile @Nullable RunJournal running;
    /** The highest attempt at the running order that this trainer knows to be its own to end. Of the trainer thread. */
    private long attempt = -1;

    /** Whether the order that was begun last is another trainer's, or comes again. Of the trainer thread. */
    private boolean givenBack;

    private final CheckpointFiles checkpoints;
    private final CheckpointMeters checkpointMeters;

    RunExecutor(
            TrainerConfig config,
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            RunRegistry registry,
            RunEvents events,
            PolicyFeed policies,
            ModelFiles models,
            PredictionReports reports,
            OwnScores ownScores,
            TopicList topics,
            RunGauges gauges,
            MeterRegistry meterRegistry,
            DeadLetters deadLetters) {
        this.config = config;
        this.kafka = kafka;
        this.producer = producer;
        this.registry = registry;
        this.events = events;
        this.policies = policies;
        this.models = models;
        this.reports = reports;
        this.ownScores = ownScores;
        this.topics = topics;
        this.deadLetters = deadLetters.of(KafkaMaskReader.TOPIC);
        this.meters = new TrainingMeters(meterRegistry, config.measureStages());
        this.gauges = gauges;
        this.checkpoints = new CheckpointFiles(config.checkpointDir(), config.checkpoints());
        this.checkpointMeters = new CheckpointMeters(meterRegistry);
    }

    /**
     * Finds the device to train on.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    void start() {
        check(config);
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

    /** Refuses a setting that is out of its range, by its name. */
    static void check(TrainerConfig config) {
        require(config.attempts() >= 1, "attempts", config.attempts(), "1 or more");
        require(config.mostRuns() >= 1, "most-runs", config.mostRuns(), "1 or more");
        require(config.imagesOnDevice() >= 0, "images-on-device", config.imagesOnDevice(), "[0, 2147483647]");
        require(config.checkpoints() >= 1, "checkpoints", config.checkpoints(), "1 or more");
        require(!config.stopWithin().isNegative(), "stop-within", config.stopWithin(), "PT0S or more");
        require(config.orderLock().toMillis() >= 1000, "order-lock", config.orderLock(), "PT1S or more");
    }

    private static void require(boolean holds, String setting, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "dietsb.trainer." + setting + " is " + value + ", allowed is " + allowed);
        }
    }

    /** Where this trainer trains; none before it has started. */
    Optional<TrainerDevice> device() {
        return Optional.ofNullable(device);
    }

    /** Runs the order; done when it is over, however it ended, or given back, and never if this trainer is shut down before. */
    Future<?> submit(TrainingOrder order) {
        CompletableFuture<Object> over = new CompletableFuture<>();
        try {
            trainer.execute(() -> {
                try {
                    execute(order);
                    endQueuedProxy(order);
                } catch (RuntimeException | Error failed) {
                    LOG.errorf(failed, "How run %s ended cannot be told", order.runId());
                }
                if (!shuttingDown) {
                    over.complete(givenBack ? OrderTaker.GIVE_BACK : null);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debugf("Run %s came too late: this trainer stops", order.runId());
        }
        return over;
    }

    private void execute(TrainingOrder order) {
        givenBack = false;
        Run queued = registry.find(order.runId()).orElseGet(() -> Run.queued(order, System.currentTimeMillis()));
        if (queued.state().isOver()) {
            forget(order.runId(), queued.attempt());
            return;
        }
        if (shuttingDown) {
            return;
        }
        attempt = queued.attempt();
        if (registry.isCancelled(order.runId())) {
            cancelled(queued);
            return;
        }
        try {
            if (!mayBegin(order, queued)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
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
                            order.dataset().limit(),
                            order.dataset().imageSize());
            for (int tries = 1; tries <= config.attempts(); tries++) {
                if (openAndTrain(order, dataset, queued, tries < config.attempts())) {
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

    /**
     * Whether a part of an order in two may begin: a run waits until its proxy has begun. False if it has ended here, this
     * trainer stops, or the order is given back: where other runs want trainers, all of them may be held by runs that wait.
     */
    private boolean mayBegin(TrainingOrder order, Run queued) throws InterruptedException {
        String partner = order.partner();
        if (partner == null) {
            return true;
        }
        long since = System.nanoTime();
        for (boolean told = false; !shuttingDown; Thread.sleep(BETWEEN_LOOKS.toMillis())) {
            if (registry.isCancelled(order.runId())) {
                cancelled(registry.find(order.runId()).orElse(queued));
                return false;
            }
            Run other = registry.find(partner).orElse(null);
            String ended = other == null ? "" : endedBy(order, other);
            if (!ended.isEmpty() && order.proxyOf() == null) {
                fail(order, queued, ended);
                return false;
            }
            if (!ended.isEmpty()) {
                events.publish(registry.find(order.runId())
                        .orElse(queued)
                        .ended(Run.State.CANCELLED, ended, System.currentTimeMillis()));
                forget(order.runId(), queued.attempt());
                return false;
            }
            if (order.proxyOf() != null || (other != null && other.state() != Run.State.QUEUED)) {
                return true;
            }
            if (!told && System.nanoTime() - since > BEFORE_TOLD.toNanos()) {
                LOG.infof("Run %s waits for a trainer that takes its proxy %s", order.runId(), partner);
                events.publish(queued.waiting("waits for another trainer, to train its proxy " + partner));
                told = true;
            }
            if (System.nanoTime() - since > 2 * config.orderLock().toNanos() && isWantedElsewhere(order)) {
                givenBack = true;
                return false;
            }
        }
        return false;
    }

    private boolean isWantedElsewhere(TrainingOrder order) {
        return registry.all().stream()
                .filter(run -> !run.state().isOver())
                .map(run -> run.order().runId())
                .anyMatch(id -> !id.equals(order.runId()) && !id.equals(order.partner()));
    }

    /** Why a part of an order is over since the other one is, in words; empty if it is not. */
    private String endedBy(TrainingOrder order, Run other) {
        if (!other.state().isOver()) {
            return "";
        }
        boolean completed = other.state() == Run.State.COMPLETED;
        String how = other.order().runId() + " is " + other.state().name().toLowerCase(Locale.ROOT)
                + (other.reason().isEmpty() ? "" : ": " + other.reason());
        if (order.proxyOf() == null) {
            return completed ? "" : "its proxy " + how;
        }
        boolean hasBegun =
                registry.find(order.runId()).filter(run -> run.attempt() >= 0).isPresent();
        // A run that went on without its masks, or ended before its time, has no more use for them; else it is about as
        // far as its proxy.
        boolean toTheEnd = other.maskTimeouts() == 0
                && other.epochs().size() == other.order().recipe().epochs();
        return completed && hasBegun && toTheEnd ? "" : "its partner " + how;
    }

    /** A proxy that nobody has taken ends with its run. */
    private void endQueuedProxy(TrainingOrder order) {
        TrainingOrder proxy = order.proxy();
        if (proxy == null) {
            return;
        }
        Optional<Run> over =
                registry.find(order.runId()).filter(run -> run.state().isOver());
        registry.find(proxy.runId())
                .filter(run -> over.isPresent() && run.state() == Run.State.QUEUED)
                .ifPresent(run -> events.publish(
                        run.ended(Run.State.CANCELLED, endedBy(proxy, over.get()), System.currentTimeMillis())));
    }

    private void cancelled(Run run) {
        events.publish(run.ended(Run.State.CANCELLED, "cancelled before it began", System.currentTimeMillis()));
        forget(run.order().runId(), run.attempt());
    }

    /** One attempt, opened as soon as the broker answers. False if another may be opened. */
    private boolean openAndTrain(TrainingOrder order, Dataset dataset, Run queued, boolean mayTryAgain)
            throws InterruptedException {
        while (!shuttingDown) {
            Run known = registry.find(order.runId()).orElse(queued);
            if (registry.isCancelled(order.runId())) {
                cancelled(known);
                return true;
            }
            try {
                return train(order, dataset, known, mayTryAgain);
            } catch (RetriableException away) {
                LOG.warnf("The broker is away, run %s waits for it: %s", order.runId(), away.getMessage());
                Thread.sleep(BROKER_PAUSE.toMillis());
            }
        }
        return true;
    }

    /** Ends the run, if it is still this trainer's; what it has of checkpoints stays. */
    private void fail(TrainingOrder order, Run queued, String reason) {
        Run run = registry.find(order.runId()).orElse(queued);
        if (isElsewhere(run)) {
            LOG.infof("Run %s was ended, or goes on, elsewhere; here it failed: %s", order.runId(), reason);
            return;
        }
        LOG.infof("Run %s failed: %s", order.runId(), reason);
        events.publish(run.ended(Run.State.FAILED, reason, System.currentTimeMillis()));
        reports.failed(order, Math.max(0, attempt), reason);
    }

    private boolean isElsewhere(Run run) {
        return run.state().isOver() || run.attempt() > attempt;
    }

    /** Checkpoints of these attempts are of no more use. */
    private void forget(String runId, long lastAttempt) {
        try {
            checkpoints.delete(runId, lastAttempt);
        } catch (IOException failed) {
            LOG.warnf("Checkpoints of run %s could not be deleted: %s", runId, failed.getMessage());
        }
    }

    /**
     * The newest checkpoint of the run; empty where it has none.
     *
     * @throws IllegalArgumentException if it is of another order, or was trained on something else
     */
    private Optional<CheckpointFiles.Saved> newest(TrainingOrder order, Dataset dataset) {
        try {
            Optional<CheckpointFiles.Saved> saved = checkpoints.newest(order.runId());
            saved.ifPresent(found -> mustFit(found, order, dataset.identity()));
            return saved;
        } catch (IOException unreadable) {
            LOG.warnf(
                    "Checkpoints of run %s cannot be read, it begins anew: %s", order.runId(), unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** Refuses what is not of this order and this dataset. */
    static void mustFit(CheckpointFiles.Saved saved, TrainingOrder order, DatasetIdentity dataset) {
        org.dietsb.trainer.wire.Run run = saved.checkpoint().getRun();
        if (!OrderWire.fromWire(run.getOrder()).equals(order)) {
            throw new IllegalArgumentException("checkpoint " + saved.file() + " is of another order with the id "
                    + order.runId() + ": move its folder away, or order under another id");
        }
        DatasetIdentity identity = OrderWire.fromWire(run.getDataset());
        if (!identity.equals(dataset)) {
            throw new IllegalArgumentException(
                    "checkpoint " + saved.file() + " is of " + identity + ", the dataset is now " + dataset);
        }
    }

    /** One attempt. False if the selector did not know it and another may be opened. */
    private boolean train(TrainingOrder order, Dataset dataset, Run known, boolean mayTryAgain)
            throws InterruptedException {
        TrainerDevice trainerDevice = device().orElseThrow(() -> new IllegalStateException("not started"));
        Device on = trainerDevice.device();
        String runId = order.runId();
        // A proxy lies where its run does: one selector has both.
        String placed = order.proxyOf() == null ? runId : order.proxyOf();
        int partition = Math.floorMod(placed.hashCode(), topics.partitions(KafkaLossLog.TOPIC));
        MaskInbox inbox = new MaskInbox(meters::maskReturned);
        try (Loaded loaded = load(order, dataset, on);
                DeviceImages train = images(loaded, dataset, dataset.train());
                DeviceImages test = images(loaded, dataset, dataset.test());
                KafkaMaskReader masks = KafkaMaskReader.atEnd(
                        kafka.with(Map.of()), runId, partition, dataset.train().count(), deadLetters::add)) {
            Network network = loaded.network;
            network.mustFit(train);
            wakeWhenToldToStop(runId, inbox);
            KafkaLossLog log = KafkaLossLog.open(producer, runId, partition, opening(order, dataset));
            attempt = log.attempt();
            masks.start(attempt, inbox);
            endWithPartner(order, inbox);
            String fingerprint = fingerprint(trainerDevice);
            // Equal bits are promised on the CPU alone, where it is the same all along.
            boolean bitIdentical = !on.isGpu()
                    && loaded.checkpoint
                            .map(Checkpoint::getFingerprint)
                            .orElse(fingerprint)
                            .equals(fingerprint);
            Usage usage = new Usage(dataset.train().count());
            RunJournal journal = new RunJournal(
                    order,
                    dataset,
                    log.attempt(),
                    known.queuedMillis(),
                    bitIdentical,
                    usage,
                    run -> {
                        events.publish(run);
                        gauges.show(run, usage);
                    },
                    new Keeper(order, dataset, log.attempt(), network, fingerprint, inbox));
            try {
                LoopState from =
                        loaded.checkpoint.map(found -> resume(found, journal)).orElse(null);
                Deque<StampedPolicy> stamped = new ArrayDeque<>();
                if (loaded.checkpoint.isPresent() || known.attempt() >= 0) {
                    stamped = Stamps.read(kafka, runId, partition, known.queuedMillis())
                            .after(from == null ? 0 : from.epoch(), from == null ? 0 : from.batch());
                }
                Deque<StampedPolicy> before = stamped;
                Policies now = policies.of(runId, order.firstPolicy());
                running = journal;
                journal.started();
                awaitPartner(order);
                long started = System.nanoTime();
                TrainingLoop.Outcome outcome = new TrainingLoop(
                                order,
                                new TrainingLoop.Learner(network, train, test),
                                new TrainingLoop.Exchange(
                                        log,
                                        inbox,
                                        (epoch, progress) ->
                                                before.isEmpty() ? now.at(epoch, progress) : before.remove()),
                                meters,
                                journal,
                                from)
                        .run();
                meters.masksDropped(inbox.dropped());
                if (outcome instanceof TrainingLoop.Outcome.Ended ended) {
                    return end(journal, log, order, ended.why(), mayTryAgain);
                }
                if (registry.find(runId).filter(this::isElsewhere).isPresent()) {
                    LOG.infof("Run %s was ended, or goes on, elsewhere", runId);
                    return true;
                }
                if (order.member() != null) {
                    reports.report(order, log.attempt(), dataset, network, train, journal.examplesTrained(), started);
                } else {
                    models.write(runId, network, dataset, ModelDescription.of(order, dataset, network));
                }
                log.completed(journal.accuracy());
                journal.ended(Run.State.COMPLETED, "", network.checksum());
                forget(runId, attempt);
                LOG.infof("Run %s is completed", runId);
                return true;
            } catch (RuntimeException | Error failed) {
                log.close(failed.toString());
                throw failed;
            }
        } finally {
            waiting = null;
            running = null;
            registry.forget(runId);
            if (order.partner() != null) {
                registry.forget(order.partner());
            }
            gauges.leaveUnlessOver(runId);
        }
    }

    private DeviceImages images(Loaded loaded, Dataset dataset, ImageSet set) {
        return new DeviceImages(loaded.network.manager(), set, dataset.mean(), dataset.std(), config.imagesOnDevice());
    }

    /** A network, fresh or as the newest checkpoint has it; the checkpoint's tensors are let go of. */
    private record Loaded(Network network, Optional<Checkpoint> checkpoint) implements AutoCloseable {
        @Override
        public void close() {
            network.close();
        }
    }

    private Loaded load(TrainingOrder order, Dataset dataset, Device on) {
        Optional<CheckpointFiles.Saved> saved = newest(order, dataset);
        Network network = Network.create(
                saved.isPresent()
                        ? new Network.Origin(
                                order.model(), null, null, saved.get().content())
                        : new Network.Origin(order.model(), script(order), initial(order), null),
                dataset.train().channels(),
                dataset.classNames().size(),
                order.seed(),
                on,
                new Precisions(config.precision(), config.selectionPrecision()),
                order.recipe().momentum(),
                order.recipe().weightDecay());
        saved.ifPresent(found -> LOG.infof("Checkpoint %s is loaded", found.file()));
        return new Loaded(network, saved.map(CheckpointFiles.Saved::checkpoint));
    }

    private byte @Nullable [] script(TrainingOrder order) {
        TrainingOrder.GivenFile file = order.modelFile();
        try {
            return file == null ? null : Files.readAllBytes(new DataFolders(config).unchanged("modelFile", file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("modelFile cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private Safetensors.@Nullable Content initial(TrainingOrder order) {
        TrainingOrder.GivenFile file = order.init();
        try {
            return file == null ? null : Safetensors.read(new DataFolders(config).unchanged("init", file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("init cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private LoopState resume(Checkpoint checkpoint, RunJournal journal) {
        LoopState state = LoopStateWire.fromWire(checkpoint);
        Run soFar = RunWire.fromWire(checkpoint.getRun());
        journal.resume(soFar, checkpoint.getBeforeDiet(), state);
        checkpointMeters.resumed();
        LOG.infof(
                "Run %s goes on from epoch %d, batch %d of attempt %d",
                soFar.order().runId(), state.epoch(), state.batch(), soFar.attempt());
        return state;
    }

    /** What computes: where it is equal, equal numbers give equal bits. */
    private String fingerprint(TrainerDevice on) {
        int threads = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
        return String.join(
                "; ",
                on.description(),
                "libtorch " + on.libtorch().version() + " with "
                        + String.join(", ", new TreeSet<>(on.libtorch().features())),
                threads + " threads",
                config.precision().label() + ", selection "
                        + config.selectionPrecision().label());
    }

    /** Writes checkpoints; one that cannot be written does not end the run. */
    private final class Keeper implements RunJournal.Keeper {
        private final TrainingOrder order;
        private final Dataset dataset;
        private final long attempt;
        private final Network network;
        private final String fingerprint;
        private final MaskInbox inbox;

        Keeper(
                TrainingOrder order,
                Dataset dataset,
                long attempt,
                Network network,
                String fingerprint,
                MaskInbox inbox) {
            this.order = order;
            this.dataset = dataset;
            this.attempt = attempt;
            this.network = network;
            this.fingerprint = fingerprint;
            this.inbox = inbox;
        }

        @Override
        public void keep(Run soFar, double beforeDiet, LoopState state) {
            long started = System.nanoTime();
            String runId = soFar.order().runId();
            Checkpoint checkpoint = LoopStateWire.toWire(state)
                    .setRun(RunWire.toWire(soFar))
                    .setFingerprint(fingerprint)
                    .setBeforeDiet(beforeDiet)
                    .build();
            try {
                long bytes = checkpoints.write(runId, attempt, checkpoint, network);
                checkpointMeters.written(Duration.ofNanos(System.nanoTime() - started), bytes);
            } catch (IOException failed) {
                checkpointMeters.missed();
                LOG.warnf(
                        "No checkpoint of run %s at epoch %d, batch %d: %s",
                        runId, state.epoch(), state.batch(), failed);
            }
            if (shuttingDown) {
                inbox.offer(new Answer.Stopped());
            }
        }

        @Override
        public void scored(float[] errorNorms) {
            ownScores.publish(order, dataset, errorNorms);
            LOG.infof(
                    "Run %s has the error norms of its first %d epochs: score set %s",
                    order.runId(), order.firstPolicy().ownEpochs(), Policy.ownScores(order.runId()));
        }

        @Override
        public void missed(int epoch, int batch) {
            checkpointMeters.missed();
            LOG.warnf("No checkpoint at epoch %d, batch %d: the selector did not tell its state in time", epoch, batch);
            if (shuttingDown) {
                inbox.offer(new Answer.Stopped());
            }
        }
    }

    private void wakeWhenToldToStop(String runId, MaskInbox inbox) {
        waiting = inbox;
        registry.whenCancelled(runId, () -> inbox.offer(new Answer.Stopped()));
        if (shuttingDown) {
            inbox.offer(new Answer.Stopped());
        }
    }

    private void endWithPartner(TrainingOrder order, MaskInbox inbox) {
        if (order.partner() == null) {
            return;
        }
        registry.whenOver(order.partner(), over -> {
            String why = endedBy(order, over);
            if (!why.isEmpty()) {
                inbox.offer(order.proxyOf() == null ? new Answer.Refused(why) : new Answer.PartnerOver(why));
            }
        });
    }

    /** A proxy announces nothing before its run's attempt is known to the selector, which then holds it to its window. */
    private void awaitPartner(TrainingOrder order) throws InterruptedException {
        String partner = order.proxyOf();
        while (partner != null
                && !shuttingDown
                && !registry.isCancelled(order.runId())
                && registry.find(partner)
                        .filter(run -> run.state() == Run.State.QUEUED)
                        .isPresent()) {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
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
            forget(runId, attempt);
            reports.failed(order, log.attempt(), "its run was cancelled");
            LOG.infof("Run %s is cancelled", runId);
            return true;
        }
        if (why instanceof Answer.PartnerOver over) {
            log.close(over.why());
            journal.ended(Run.State.CANCELLED, over.why(), "");
            forget(runId, attempt);
            LOG.infof("Run %s ends: %s", runId, over.why());
            return true;
        }
        if (why instanceof Answer.Unknown
                && registry.find(runId).filter(this::isElsewhere).isPresent()) {
            LOG.infof("Run %s was ended, or goes on, elsewhere", runId);
            return true;
        }
        if (why instanceof Answer.Unknown && mayTryAgain) {
            LOG.infof("The selector does not know run %s any more: another attempt is opened", runId);
            log.close("unknown to the selector");
            return false;
        }
        String reason =
                why instanceof Answer.Refused refused ? refused.reason() : "the selector does not know this run";
        log.close(reason);
        journal.ended(Run.State.FAILED, reason, "");
        forget(runId, attempt);
        reports.failed(order, log.attempt(), reason);
        LOG.infof("Run %s failed: %s", runId, reason);
        return true;
    }

    private static AttemptOpened opening(TrainingOrder order, Dataset dataset) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder();
        TrainingOrder proxy = order.proxy();
        if (proxy != null) {
            opened.setProxy(proxy.runId());
        }
        if (order.proxyOf() != null) {
            opened.setProxyOf(order.proxyOf());
        }
        return opened.setDataset(OrderWire.toWire(dataset.identity()))
                .setModel(order.model())
                .setSeed(order.seed())
                .setEpochs(order.recipe().epochs())
                .setBatchSize(order.recipe().batchSize())
                .setWindow(order.window())
                .build();
    }

    /** Stops the run at its next batch, or at the next barrier if that is near, and waits until it has. */
    void shutDown() throws InterruptedException {
        shuttingDown = true;
        RunJournal journal = running;
        long within = config.stopWithin().toMillis();
        boolean near = journal != null && journal.secondsToBarrier() * 1_000 < within;
        trainer.shutdown();
        if (!near || !trainer.awaitTermination(within, TimeUnit.MILLISECONDS)) {
            MaskInbox inbox = waiting;
            if (inbox != null) {
                inbox.offer(new Answer.Stopped());
            }
        }
        if (!trainer.awaitTermination(20, TimeUnit.SECONDS)) {
            LOG.warn("The trainer thread did not stop within 20 s");
        }
    }
}
