package org.dietsb.launcher.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.launcher.option.TrainingOptions;
import org.jspecify.annotations.Nullable;

/** The runs of a call of train: each kind of policy with each variant. */
final class Sweep {
    private Sweep() {}

    /**
     * A run to order.
     *
     * @param records whether the replays that follow use its masks
     */
    record Job(Kind kind, TrainingOptions.Variant variant, boolean records) {}

    /**
     * Returns the runs in order, baseline first, replay last. If replay names no run, the first variant is recorded under
     * selective and the other variants replay it.
     *
     * @param of the run that replays use; null if none is named
     */
    static List<Job> jobs(List<Kind> kinds, @Nullable String of, List<TrainingOptions.Variant> variants) {
        List<Kind> ordered = new ArrayList<>(kinds);
        boolean records = kinds.contains(Kind.REPLAY) && of == null;
        if (records && !kinds.contains(Kind.SELECTIVE)) {
            ordered.add(Kind.SELECTIVE);
        }
        ordered.sort(Comparator.comparingInt(kind -> kind == Kind.BASELINE ? 0 : kind == Kind.REPLAY ? 2 : 1));
        List<Job> jobs = new ArrayList<>();
        for (Kind kind : ordered) {
            boolean recording = records && kind == Kind.SELECTIVE;
            int first = records && kind == Kind.REPLAY ? 1 : 0;
            int end = recording && !kinds.contains(Kind.SELECTIVE) ? 1 : variants.size();
            for (int i = first; i < end; i++) {
                jobs.add(new Job(kind, variants.get(i), recording && i == 0));
            }
        }
        return jobs;
    }
}
