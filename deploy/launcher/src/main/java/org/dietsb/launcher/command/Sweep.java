package org.dietsb.launcher.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dietsb.contracts.policy.PolicyKind;
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
    record Job(PolicyKind kind, TrainingOptions.Variant variant, boolean records) {}

    /**
     * Returns the runs in order, baseline first, replay last. If replay names no run, the first variant is recorded under
     * selective and the other variants replay it.
     *
     * @param of the run that replays use; null if none is named
     */
    static List<Job> jobs(List<PolicyKind> kinds, @Nullable String of, List<TrainingOptions.Variant> variants) {
        List<PolicyKind> ordered = new ArrayList<>(kinds);
        boolean records = kinds.contains(PolicyKind.REPLAY) && of == null;
        if (records && !kinds.contains(PolicyKind.SELECTIVE)) {
            ordered.add(PolicyKind.SELECTIVE);
        }
        ordered.sort(
                Comparator.comparingInt(kind -> kind == PolicyKind.BASELINE ? 0 : kind == PolicyKind.REPLAY ? 2 : 1));
        List<Job> jobs = new ArrayList<>();
        for (PolicyKind kind : ordered) {
            boolean recording = records && kind == PolicyKind.SELECTIVE;
            int first = records && kind == PolicyKind.REPLAY ? 1 : 0;
            int end = recording && !kinds.contains(PolicyKind.SELECTIVE) ? 1 : variants.size();
            for (int i = first; i < end; i++) {
                jobs.add(new Job(kind, variants.get(i), recording && i == 0));
            }
        }
        return jobs;
    }
}
