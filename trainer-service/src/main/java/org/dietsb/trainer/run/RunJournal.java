package org.dietsb.trainer.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** Writes down how an attempt goes and publishes it: at once at its turns, else about twice a second. Trainer thread only. */
final class RunJournal implements RunListener {
    private static final long BETWEEN_POSITIONS_NANOS = 500_000_000;

    private final TrainingOrder order;
    private final Dataset dataset;
    private final long attempt;
    private final long queuedMillis;
    private long startedMillis;
    private final Usage usage;
    private final Consumer<Run> publish;
    private final List<Run.PlacedPolicy> policies = new ArrayList<>();
    private final List<EpochFigures> epochs = new ArrayList<>();
    private List<Run.KeptOfClass> keptPerClass = List.of();
    private Run.@Nullable Position position;
    private double length;
    private double prePruned;
    /** Share of the training set that the running epoch is left with. */
    private double keptShare = 1;

    /** Examples that its epochs would have announced without a diet. */
    private double beforeDiet;

    private Run.@Nullable Barrier resumedFrom;
    private boolean bitIdentical;
    private long lastPosition;
    private volatile double secondsToBarrier = Double.MAX_VALUE;
    private final Keeper keeper;

    /** Keeps what the next attempt may need. */
    interface Keeper {
        /**
         * The run at a barrier.
         *
         * @param beforeDiet examples that its epochs would have announced without a diet
         */
        void keep(Run soFar, double beforeDiet, LoopState state);

        /** The error norms of the epochs that a diet goes by, of each example. */
        void scored(float[] errorNorms);

        /** Nothing can be kept at this one. */
        void missed(int epoch, int batch);
    }

    RunJournal(
            TrainingOrder order,
            Dataset dataset,
            long attempt,
            long queuedMillis,
            boolean bitIdentical,
            Usage usage,
            Consumer<Run> publish,
            Keeper keeper) {
        this.order = order;
        this.dataset = dataset;
        this.attempt = attempt;
        this.queuedMillis = queuedMillis;
        this.startedMillis = System.currentTimeMillis();
        this.bitIdentical = bitIdentical;
        this.usage = usage;
        this.publish = publish;
        this.keeper = keeper;
    }

    /** Goes on from where an earlier attempt was at a barrier. */
    void resume(Run soFar, double beforeDietSoFar, LoopState state) {
        resumedFrom = new Run.Barrier(soFar.attempt(), state.epoch(), state.batch());
        policies.addAll(soFar.policies());
        epochs.addAll(soFar.epochs());
        keptPerClass = soFar.keptPerClass();
        position = soFar.position();
        startedMillis = soFar.startedMillis();
        prePruned = soFar.prePruned();
        bitIdentical &= soFar.bitIdentical();
        beforeDiet = beforeDietSoFar;
        length = state.length();
        LoopState.Running running = state.running();
        if (running != null) {
            keptShare = (double) running.kept().length / dataset.identity().count();
        }
    }

    /** Until the next barrier, as the running epoch goes; very many before its first batch. Thread-safe. */
    double secondsToBarrier() {
        return secondsToBarrier;
    }

    @Override
    public void atBarrier(LoopState state) {
        keeper.keep(snapshot(Run.State.RUNNING, "", ""), beforeDiet, state);
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
        publish.accept(snapshot(Run.State.RUNNING, "", ""));
    }

    void ended(Run.State state, String reason, String weightsChecksum) {
        publish.accept(snapshot(state, reason, weightsChecksum));
    }

    /** Examples that got a gradient, over all epochs. */
    long examplesTrained() {
        return epochs.stream().mapToLong(EpochFigures::selected).sum();
    }

    @Override
    public void epochOpened(int epoch, double epochsPlanned, int[] kept, Policy policy) {
        length = epochsPlanned;
        int examples = dataset.identity().count();
        keptShare = (double) kept.length / examples;
        if (policy.kind().prunes() && !policy.kind().selects()) {
            // Left out for this epoch alone, which is no diet.
            prePruned = 0;
            publish.accept(snapshot(Run.State.RUNNING, "", ""));
            return;
        }
        prePruned = (double) (examples - kept.length) / examples;
        int[] count = new int[dataset.classNames().size()];
        int[] left = new int[count.length];
        for (int i = 0; i < examples; i++) {
            count[dataset.train().label(i)]++;
        }
        for (int index : kept) {
            left[dataset.train().label(index)]++;
        }
        List<Run.KeptOfClass> perClass = new ArrayList<>();
        for (int c = 0; c < count.length; c++) {
            perClass.add(new Run.KeptOfClass(dataset.classNames().get(c), count[c], left[c]));
        }
        keptPerClass = perClass;
        publish.accept(snapshot(Run.State.RUNNING, "", ""));
    }

    @Override
    public void policyPlaced(long revision, Policy policy, int epoch, int batch) {
        policies.add(new Run.PlacedPolicy(revision, policy, epoch, batch));
        publish.accept(snapshot(Run.State.RUNNING, "", ""));
    }

    @Override
    public void batchSelected(int[] indices) {
        usage.selected(indices);
    }

    @Override
    public void slotDone(int epoch, int batch, int batches, EpochProgress soFar) {
        bitIdentical &= !soFar.timedOut();
        int every = order.checkpointEvery() == 0 ? batches : order.checkpointEvery();
        long next = Math.min(batches, ((batch - 1) / every + 1L) * every);
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
        if (System.nanoTime() - lastPosition > BETWEEN_POSITIONS_NANOS) {
            lastPosition = System.nanoTime();
            publish.accept(snapshot(Run.State.RUNNING, "", ""));
        }
    }

    private double plannedEpochs() {
        TrainingOrder.ScoringMember member = order.member();
        return member == null ? length : Math.min(length, member.stopAfterEpochs());
    }

    @Override
    public void epochDone(EpochFigures figures) {
        epochs.add(figures);
        beforeDiet += figures.seen() / keptShare;
        publish.accept(snapshot(Run.State.RUNNING, "", ""));
    }

    /** Of the last epoch that was evaluated; null if none was. */
    @Nullable
    Double accuracy() {
        Double accuracy = null;
        for (EpochFigures epoch : epochs) {
            accuracy = epoch.accuracy() == null ? accuracy : epoch.accuracy();
        }
        return accuracy;
    }

    private Run snapshot(Run.State state, String reason, String weightsChecksum) {
        long backward = 0;
        for (EpochFigures epoch : epochs) {
            backward += epoch.selected();
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
                policies,
                epochs,
                position,
                prePruned,
                beforeDiet == 0 ? 0 : 1 - backward / beforeDiet,
                accuracy(),
                bitIdentical,
                keptPerClass,
                weightsChecksum,
                resumedFrom);
    }
}
