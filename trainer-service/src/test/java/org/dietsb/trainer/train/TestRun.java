package org.dietsb.trainer.train;

import ai.djl.Device;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Safetensors;
import org.dietsb.trainer.policy.Policies;
import org.jspecify.annotations.Nullable;

/**
 * The real loop with a real network on the first images of fashion-mini at half their size, which takes a quarter of the time,
 * and a scripted selector. By default: 200 examples in batches of 32 (six and one of 8), two epochs, half of each batch by loss.
 */
final class TestRun {
    static final int EXAMPLES = 200;
    static final int BATCH = 32;
    static final int BATCHES = 7;
    static final Policy HALF = selective(Policy.Batching.SHRINK);
    private static final int TEST_IMAGES = 50;
    private static final Dataset IMAGES = images();

    private long seed = 7;
    private int epochs = 2;
    private Budget budget = new Budget.Epochs();
    private String schedule = "cosine";
    private double learningRate = .05;
    private double warmupEpochs = 0;
    private double momentum = .9;
    private double weightDecay = 5e-4;
    private int window = 4;
    private int batchSize = BATCH;
    private Policy policy = HALF;
    private long revision;
    private Duration maskTimeout = Duration.ofMinutes(5);
    private OnTimeout onTimeout = OnTimeout.WHOLE;
    private int evaluateEvery = 1;
    private int checkpointEvery;
    private @Nullable Double stopAtAccuracy;
    private TrainingOrder.@Nullable ScoringMember member;
    private Consumer<Handle> atEachMessage = handle -> {};
    private Consumer<Handle> atEachSlot = handle -> {};
    private Device device = TestDevice.CPU;
    private @Nullable PolicyChain changes;
    private boolean wholeStages;
    private @Nullable LoopState from;
    private Map<String, float[]> tensors = Map.of();
    private byte @Nullable [] script;
    private Dataset images = IMAGES;
    private int imagesOnDevice = Integer.MAX_VALUE;
    private BiConsumer<LoopState, Network> atBarrier = (state, network) -> {};
    private Consumer<float[]> scored = norms -> {};
    private BooleanSupplier stops = () -> false;

    /** What a test can do during a run, on the trainer thread. */
    record Handle(String message, MaskInbox inbox, Consumer<Policy> swap) {}

    /**
     * Something that happened, and what had been done by then.
     *
     * @param gathered training examples gathered, for selection and for steps
     * @param tested test images gathered
     * @param arrays native arrays that the network's manager holds
     */
    record Event(String what, long gathered, long tested, long steps, int arrays) {}

    record Result(
            TrainingLoop.Outcome outcome,
            String checksum,
            List<EpochFigures> epochs,
            List<Event> events,
            ScriptedSelector selector,
            List<RunListener.EpochProgress> slots,
            long gathered,
            SimpleMeterRegistry registry) {

        List<String> what() {
            return events.stream().map(Event::what).toList();
        }

        Event event(String what) {
            return events.stream()
                    .filter(event -> event.what().equals(what))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no event " + what + " among " + what()));
        }
    }

    static Policy selective(Policy.Batching batching) {
        return Policy.ofKind(PolicyKind.SELECTIVE).batching(batching).build();
    }

    /** Half of each batch by loss, with a selection pass at this scale in every n-th epoch. */
    static Policy cheap(int lossesEvery, double selectionScale) {
        return Policy.ofKind(PolicyKind.SELECTIVE)
                .lossesEvery(lossesEvery)
                .selectionScale(selectionScale)
                .build();
    }

    /** Half of each batch, without losses. */
    static Policy random() {
        return scheduled(PolicyKind.RANDOM, 0, 1, 0);
    }

    static Policy scheduled(PolicyKind kind, double start, double end, int interrupt) {
        return Policy.ofKind(kind).start(start).end(end).interrupt(interrupt).build();
    }

    TestRun device(Device value) {
        device = value;
        return this;
    }

    TestRun measuringWholeStages() {
        wholeStages = true;
        return this;
    }

    TestRun seed(long value) {
        seed = value;
        return this;
    }

    TestRun epochs(int value) {
        epochs = value;
        return this;
    }

    TestRun budget(Budget value) {
        budget = value;
        return this;
    }

    TestRun schedule(String name, double rate) {
        schedule = name;
        learningRate = rate;
        return this;
    }

    TestRun warmupEpochs(double value) {
        warmupEpochs = value;
        return this;
    }

    TestRun withoutMomentumAndDecay() {
        momentum = 0;
        weightDecay = 0;
        return this;
    }

    TestRun window(int value) {
        window = value;
        return this;
    }

    TestRun policy(Policy value) {
        policy = value;
        return this;
    }

    /** Sets the revision of the first policy; 0 unless the run resumes after swaps. */
    TestRun revision(long value) {
        revision = value;
        return this;
    }

    /** Sets changes that are known from the start, in place of swaps. */
    TestRun changes(PolicyChain value) {
        changes = value;
        return this;
    }

    TestRun patience(Duration timeout, OnTimeout then) {
        maskTimeout = timeout;
        onTimeout = then;
        return this;
    }

    TestRun stopAtAccuracy(double value) {
        stopAtAccuracy = value;
        return this;
    }

    TestRun evaluateEvery(int value) {
        evaluateEvery = value;
        return this;
    }

    TestRun checkpointEvery(int value) {
        checkpointEvery = value;
        return this;
    }

    TestRun memberThatStopsAfter(int value) {
        member = new TrainingOrder.ScoringMember("scoring", 0, value);
        return this;
    }

    /** Resumes from a barrier, with the tensors that the network had there. */
    TestRun from(LoopState barrier, Map<String, float[]> tensorsThere) {
        from = barrier;
        tensors = tensorsThere;
        return this;
    }

    /** Trains this network instead of resnet8. */
    TestRun script(byte[] value) {
        script = value;
        return this;
    }

    /** Trains on other images, in colour, of which at most this number of bytes are on the device. */
    TestRun images(Dataset value, int onDevice) {
        images = value;
        imagesOnDevice = onDevice;
        return this;
    }

    TestRun batchSize(int value) {
        batchSize = value;
        return this;
    }

    TestRun atBarrier(BiConsumer<LoopState, Network> value) {
        atBarrier = value;
        return this;
    }

    /** Stops at the next batch after the loop asks and this says so. */
    TestRun stops(BooleanSupplier value) {
        stops = value;
        return this;
    }

    /** Receives the error norms of the epochs that a diet is based on. */
    TestRun scored(Consumer<float[]> value) {
        scored = value;
        return this;
    }

    TestRun atEachMessage(Consumer<Handle> value) {
        atEachMessage = value;
        return this;
    }

    TestRun atEachSlot(Consumer<Handle> value) {
        atEachSlot = value;
        return this;
    }

    Result run(ScriptedSelector.Script script) throws InterruptedException {
        return run(script, ScriptedSelector.AT_ONCE);
    }

    Result run(ScriptedSelector.Script script, Executor courier) throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TrainingMeters meters = new TrainingMeters(registry, wholeStages);
        MaskInbox inbox = new MaskInbox(meters::maskReturned);
        List<Event> events = new ArrayList<>();
        StampedPolicy[] current = {new StampedPolicy(revision, policy)};
        Consumer<Policy> swap = next -> current[0] = new StampedPolicy(current[0].revision() + 1, next);
        PolicyChain known = changes;
        Policies policies =
                (epoch, progress) -> known == null ? current[0] : known.at(new Moment.Place(epoch, progress), policy);
        NetworkSpec.Origin origin = new NetworkSpec.Origin(
                "resnet8", this.script, null, tensors.isEmpty() ? null : Safetensors.Content.of(tensors));
        try (Network network = Network.create(
                        new NetworkSpec(origin, images.train().channels(), 10, seed, momentum, weightDecay),
                        device,
                        TestDevice.FLOAT32);
                DeviceImages train = onDevice(network, images.train());
                DeviceImages test = onDevice(network, images.test())) {
            network.requireFits(train);
            Counter steps = registry.get("dietsb_steps").counter();
            Consumer<String> note = what -> events.add(new Event(
                    what,
                    train.gathered(),
                    test.gathered(),
                    Math.round(steps.count()),
                    TestDevice.liveArrays(network.manager())));
            ScriptedSelector selector = new ScriptedSelector(script, courier, inbox, message -> {
                note.accept(message);
                atEachMessage.accept(new Handle(message, inbox, swap));
            });
            Consumer<String> noteSlot = what -> {
                note.accept(what);
                if (what.startsWith("slot")) {
                    atEachSlot.accept(new Handle(what, inbox, swap));
                }
            };
            Listener listener = new Listener(noteSlot, state -> atBarrier.accept(state, network), scored, stops);
            TrainingLoop.Outcome outcome = new TrainingLoop(
                            order(),
                            new TrainingLoop.Learner(network, train, test),
                            new TrainingLoop.Exchange(selector, inbox, policies),
                            meters,
                            listener,
                            from)
                    .run();
            return new Result(
                    outcome,
                    network.checksum(),
                    listener.figures,
                    events,
                    selector,
                    listener.slots,
                    train.gathered(),
                    registry);
        }
    }

    private DeviceImages onDevice(Network network, ImageSet set) {
        return new DeviceImages(network.manager(), set, images.mean(), images.std(), imagesOnDevice);
    }

    private TrainingOrder order() {
        return new TrainingOrder(
                "run",
                new TrainingOrder.DatasetChoice("fashion-mini", null, EXAMPLES, 0),
                "resnet8",
                seed,
                new TrainingOrder.Recipe(
                        epochs,
                        budget,
                        batchSize,
                        learningRate,
                        schedule,
                        warmupEpochs,
                        momentum,
                        weightDecay,
                        true,
                        true),
                window,
                policy,
                maskTimeout,
                onTimeout,
                evaluateEvery,
                checkpointEvery,
                stopAtAccuracy,
                null,
                null,
                member,
                null,
                false,
                List.of());
    }

    private static Dataset images() {
        try {
            Dataset dataset = new DatasetCatalog(Path.of("nowhere")).open("fashion-mini", null, EXAMPLES);
            return new Dataset(
                    dataset.identity(),
                    dataset.classNames(),
                    halved(dataset.train()),
                    halved(dataset.test().first(TEST_IMAGES)),
                    dataset.mean(),
                    dataset.std());
        } catch (DatasetException missing) {
            throw new AssertionError(missing);
        }
    }

    /** Returns every second pixel of every second row. */
    private static ImageSet halved(ImageSet set) {
        int height = set.height() / 2;
        int width = set.width() / 2;
        byte[] pixels = new byte[set.count() * height * width];
        byte[] labels = new byte[set.count()];
        for (int image = 0; image < set.count(); image++) {
            byte[] whole = set.image(image);
            labels[image] = (byte) set.label(image);
            for (int at = 0; at < height * width; at++) {
                pixels[image * height * width + at] = whole[at / width * 2 * set.width() + at % width * 2];
            }
        }
        return new ImageSet(set.count(), 1, height, width, pixels, labels);
    }

    /** Records the notifications of the loop. */
    private static final class Listener implements RunListener {
        private final List<EpochFigures> figures = new ArrayList<>();
        private final List<EpochProgress> slots = new ArrayList<>();
        private final Consumer<String> note;

        private final Consumer<LoopState> barrier;
        private final Consumer<float[]> scored;

        private final BooleanSupplier stops;

        Listener(Consumer<String> note, Consumer<LoopState> barrier, Consumer<float[]> scored, BooleanSupplier stops) {
            this.note = note;
            this.barrier = barrier;
            this.scored = scored;
            this.stops = stops;
        }

        @Override
        public boolean stops() {
            return stops.getAsBoolean();
        }

        @Override
        public void barrierMissed(int epoch, int batch) {
            note.accept("missed " + epoch + "/" + batch);
        }

        @Override
        public void scored(float[] errorNorms) {
            note.accept("scored");
            scored.accept(errorNorms);
        }

        @Override
        public void atBarrier(LoopState state) {
            note.accept("barrier " + state.epoch() + "/" + state.batch());
            barrier.accept(state);
        }

        @Override
        public void epochOpened(int epoch, double epochs, int[] kept, Policy openedWith) {
            note.accept("kept " + kept.length);
        }

        @Override
        public void policyPlaced(long revision, Policy policy, int epoch, int batch) {
            note.accept("revision " + revision + " from " + epoch + "/" + batch);
        }

        @Override
        public void slotDone(int epoch, int batch, int batches, EpochProgress soFar) {
            note.accept("slot " + epoch + "/" + (batch - 1));
            slots.add(soFar);
        }

        @Override
        public void epochDone(EpochFigures epoch) {
            note.accept("done " + epoch.epoch());
            figures.add(epoch);
        }
    }
}
