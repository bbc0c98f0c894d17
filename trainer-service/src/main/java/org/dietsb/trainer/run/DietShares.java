package org.dietsb.trainer.run;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.train.LoopState;

/** What the diet of a run has left of its training set, and what it has saved so far. Trainer thread only. */
final class DietShares {
    private final Dataset dataset;
    private List<Run.KeptOfClass> keptPerClass = List.of();
    private double prePruned;
    /** Share of the training set that remains in the running epoch. */
    private double keptShare = 1;

    private double beforeDiet;

    DietShares(Dataset dataset) {
        this.dataset = dataset;
    }

    /** Continues from the barrier of an earlier attempt. */
    void resume(Run soFar, double beforeDietSoFar, LoopState state) {
        keptPerClass = soFar.keptPerClass();
        prePruned = soFar.prePruned();
        beforeDiet = beforeDietSoFar;
        LoopState.Running running = state.running();
        if (running != null) {
            keptShare = (double) running.kept().length / examples();
        }
    }

    /** Notes the examples that an epoch starts with. */
    void epochOpened(int[] kept, Policy policy) {
        keptShare = (double) kept.length / examples();
        // Examples that are left out of one epoch only do not belong to a diet.
        boolean isDiet = !policy.kind().prunes() || policy.kind().selects();
        prePruned = isDiet ? (double) (examples() - kept.length) / examples() : 0;
        if (isDiet) {
            keptPerClass = count(kept);
        }
    }

    private List<Run.KeptOfClass> count(int[] kept) {
        int[] count = new int[dataset.classNames().size()];
        int[] left = new int[count.length];
        for (int i = 0; i < examples(); i++) {
            count[dataset.train().label(i)]++;
        }
        for (int index : kept) {
            left[dataset.train().label(index)]++;
        }
        List<Run.KeptOfClass> perClass = new ArrayList<>();
        for (int c = 0; c < count.length; c++) {
            perClass.add(new Run.KeptOfClass(dataset.classNames().get(c), count[c], left[c]));
        }
        return List.copyOf(perClass);
    }

    private int examples() {
        return dataset.identity().count();
    }

    /** Notes the number of examples that an epoch has announced. */
    void epochDone(long seen) {
        beforeDiet += seen / keptShare;
    }

    /** Number of examples that the epochs so far would have announced without a diet. */
    double beforeDiet() {
        return beforeDiet;
    }

    /** Share of these that got no gradient. */
    double saved(long examplesTrained) {
        return beforeDiet == 0 ? 0 : 1 - examplesTrained / beforeDiet;
    }

    /** Share of the training set that the diet leaves out. */
    double prePruned() {
        return prePruned;
    }

    /** What is left of each class. */
    List<Run.KeptOfClass> keptPerClass() {
        return keptPerClass;
    }
}
