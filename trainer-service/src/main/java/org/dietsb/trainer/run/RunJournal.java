package org.dietsb.trainer.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.gauge.Usage;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** Records the course of an attempt and publishes it as often as its {@linkplain PublishingPace pace} allows. Trainer thread only. */
final class RunJournal implements RunListener {
    private final TrainingOrder order;
    private final Dataset dataset;
    private final long attempt;
    private final long queuedMillis;
    private final int resumed;
    private final String trainedWith;
    private long startedMillis;
    private final Usage usage;
    private final Consumer<Run> publish;
    private final PublishingPace pace;
    private final DietShares diet;
    private final List<Run.PlacedPolicy> policies = new ArrayList<>();
    private final List<EpochFigures> epochs = new ArrayList<>();
    /** The same as they were published last, without further copies of long lists. */
    private List<Run.PlacedPolicy> policiesPublished = List.of();

    private List<EpochFigures> epochsPublished = List.of();
    private long examplesTrained;
    private @Nullable Double accuracy;
    private Run.@Nullable Position position;
    private double length;

    private Run.@Nullable Barrier resumedFrom;
    private boolean bitIdentical;
    private volatile double secondsToBarrier = Double.MAX_VALUE;
    private final Keeper keeper;

    /** Keeps what a later attempt may need. */
    interface Keeper {
        /**
         * Keeps the run at a barrier.
         *
         * @param beforeDiet number of examples that its epochs would have announced without a diet
         */
        void keep(Run soFar, double beforeDiet, LoopState state);

        /** Keeps the error norms of each example, of the epochs that a diet is based on. */
        void scored(float[] errorNorms);

        /** Notes a barrier at which nothing can be kept. */
        void missed(int epoch, int batch);

        /** Whether the attempt is to stop at its next batch. */
        boolean stops();
    }

    RunJournal(
            TrainingOrder order,
            Dataset dataset,
            long attempt,
            long queuedMillis,
            int resumed,
            boolean bitIdentical,
            String trainedWith,
            Usage usage,
            Consumer<Run> publish,
            Keeper keeper,
            LongSupplier nanos) {
        this.order = order;
        this.dataset = dataset;
        this.attempt = attempt;
        this.queuedMillis = queuedMillis;
        this.resumed = resumed;
        this.startedMillis = System.currentTimeMillis();
        this.bitIdentical = bitIdentical;
        this.trainedWith = trainedWith;
        this.usage = usage;
        this.publish = publish;
        this.keeper = keeper;
        this.pace = new PublishingPace(nanos);
        this.diet = new DietShares(dataset);
    }

    /** Continues from the barrier of an earlier attempt. */
    void resume(Run soFar, double beforeDietSoFar, LoopState state) {
        resumedFrom = new Run.Barrier(soFar.attempt(), state.epoch(), state.batch());
        policies.addAll(soFar.policies());
        soFar.epochs().forEach(this::add);
        position = soFar.position();
        startedMillis = soFar.startedMillis();
        bitIdentical &= soFar.bitIdentical();
        diet.resume(soFar, beforeDietSoFar, state);
        length = state.length();
    }

    /** Expected seconds until the next barrier; a very large number before the first batch. Thread-safe. */
    double secondsToBarrier() {
        return secondsToBarrier;
    }

    @Override
    public void atBarrier(LoopState state) {
        keeper.keep(running(), diet.beforeDiet(), state);
    }

    @Override
    public boolean stops() {
        return keeper.stops();
    }

    @Override
    public void barrierMissed(int epoch, int batch) {
        keeper.missed(epoch, batch);
    }

    @Override
    public void scored(float[] errorNorms) {
        keeper.scored(errorNorms);
    }

    void started() {
        publish.accept(running());
    }

    void ended(Run.State state, String reason, String weightsChecksum) {
        publish.accept(snapshot(state, reason, weightsChecksum));
    }

    /** Number of examples that got a gradient, over all epochs. */
    long examplesTrained() {
        return examplesTrained;
    }

    /** Number of optimizer steps, over all epochs. */
    long steps() {
        return epochs.stream().mapToLong(EpochFigures::steps).sum();
    }

    @Override
    public void epochOpened(int epoch, double epochsPlanned, int[] kept, Policy policy) {
        length = epochsPlanned;
        diet.epochOpened(kept, policy);
        changed();
    }

    @Override
    public void policyPlaced(long revision, Policy policy, int epoch, int batch) {
        policies.add(new Run.PlacedPolicy(revision, policy, epoch, batch));
        changed();
    }

    @Override
    public void batchSelected(int[] indices) {
        usage.selected(indices);
    }

    @Override
    public void slotDone(int epoch, int batch, int batches, EpochProgress soFar) {
        bitIdentical &= !soFar.timedOut();
        int every = order.checkpointEvery() == 0 ? batches : order.checkpointEvery();
        boolean anywhere = order.proxy() == null && order.proxyOf() == null;
        long next = anywhere ? batch + 1L : Math.min(batches, ((batch - 1) / every + 1L) * every);
        secondsToBarrier = (next - batch) * soFar.seconds() / batch;
        position = new Run.Position(
                epoch,
                (int) Math.ceil(plannedEpochs() - 1e-9),
                batch,
                batches,
                soFar.seen(),
                soFar.selected(),
                soFar.maskWaitSeconds(),
                soFar.seconds());
        if (pace.allowsPosition()) {
            publish.accept(running());
        }
    }

    private void changed() {
        if (pace.allowsChange()) {
            publish.accept(running());
        }
    }

    private double plannedEpochs() {
        TrainingOrder.ScoringMember member = order.member();
        return member == null ? length : Math.min(length, member.stopAfterEpochs());
    }

    @Override
    public void epochDone(EpochFigures figures) {
        add(figures);
        diet.epochDone(figures.seen());
        changed();
    }

    private void add(EpochFigures figures) {
        epochs.add(figures);
        examplesTrained += figures.selected();
        accuracy = figures.accuracy() == null ? accuracy : figures.accuracy();
    }

    /** Whether the run was trained to its end at this barrier, and only its results were not written. */
    boolean isTrained(LoopState state) {
        Double wanted = order.stopAtAccuracy();
        Double reached = accuracy();
        return state.running() == null
                && (state.epoch() >= plannedEpochs() - 1e-9
                        || (wanted != null && reached != null && reached >= wanted));
    }

    /** Accuracy after the last evaluated epoch; null if none was evaluated. */
    @Nullable
    Double accuracy() {
        return accuracy;
    }

    private Run running() {
        return snapshot(Run.State.RUNNING, "", "");
    }

    private Run snapshot(Run.State state, String reason, String weightsChecksum) {
        if (policiesPublished.size() < policies.size()) {
            policiesPublished = List.copyOf(policies);
        }
        if (epochsPublished.size() < epochs.size()) {
            epochsPublished = List.copyOf(epochs);
        }
        return new Run(
                order,
                attempt,
                state,
                reason,
                dataset.identity(),
                queuedMillis,
                startedMillis,
                state.isOver() ? System.currentTimeMillis() : 0,
                policiesPublished,
                epochsPublished,
                position,
                diet.prePruned(),
                diet.saved(examplesTrained),
                accuracy(),
                bitIdentical,
                diet.keptPerClass(),
                weightsChecksum,
                resumedFrom,
                resumed,
                trainedWith,
                false);
    }
}
