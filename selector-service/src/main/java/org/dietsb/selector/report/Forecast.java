package org.dietsb.selector.report;

import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.run.RunSheet;

/**
 * What an epoch of a run would take under a policy that was tried on its last batches, by the seconds that the run's own epochs took for each
 * trained example and each selection pass. What else an epoch takes, waits for masks included, stays as it was. Whoever trains in
 * batches of another size than the run has other seconds for each example.
 *
 * @param kept share of the training set that the epoch would train on
 * @param seconds of an epoch, without evaluation
 * @param secondsNow of the epochs that the forecast is made of, in the mean
 */
public record Forecast(double kept, double seconds, double secondsNow) {
    /** A forward pass takes a third of forward and backward: for runs that had no selection pass yet. */
    private static final double PASS = 1 / 3.0;

    /**
     * Returns the forecast; empty before the first epoch has trained something and is over, and for runs that leave out examples before
     * their batches are judged, of which nothing is known. Empty for seta: its groups
     * follow from the rarest losses, which few batches do not show.
     *
     * @param report of the run's last batches
     * @param tried the policy on these
     */
    public static Optional<Forecast> of(RunSheet run, RunReport report, Policy policy, Verdict tried) {
        List<RunSheet.Figures> all = run.figures();
        // The first epoch is a warm-up, if there are others.
        List<RunSheet.Figures> timed = all.size() > 1 ? all.subList(1, all.size()) : all;
        double examples = run.examples();
        double trained =
                timed.stream().mapToDouble(RunSheet.Figures::backwardExamples).sum();
        boolean leavesOut =
                report.epochs().stream().anyMatch(epoch -> epoch.kept() != null && epoch.kept() < report.examples());
        if (trained == 0 || leavesOut || policy.kind() == PolicyKind.SETA) {
            return Optional.empty();
        }
        double epochs = timed.stream().mapToDouble(RunSheet.Figures::share).sum();
        double seconds = timed.stream().mapToDouble(RunSheet.Figures::seconds).sum();
        double steps = timed.stream().mapToDouble(RunSheet.Figures::stepSeconds).sum();
        double selection =
                timed.stream().mapToDouble(RunSheet.Figures::selectionSeconds).sum();
        double passed = Math.max(
                0,
                3
                        * (examples
                                        * timed.stream()
                                                .mapToDouble(RunSheet.Figures::passes)
                                                .sum()
                                - trained));
        double perTrained = steps / trained;
        double perPass = passed < 1 ? PASS * perTrained : selection / passed;
        double passes = Math.max(0, 3 * (tried.passes() - tried.shareKept()));
        double kept = Trials.kept(report, policy, tried);
        return Optional.of(new Forecast(
                kept,
                examples * (perTrained * kept + perPass * passes) + (seconds - steps - selection) / epochs,
                seconds / epochs));
    }
}
