package org.dietsb.trainer.gauge;

import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * Accuracy and speed of the baseline runs with a run's dataset, model and recipe, of any seed.
 *
 * @param lowestAccuracy lowest accuracy of these runs after the run's last evaluated epoch; NaN if none was evaluated then
 * @param epochSeconds median time of their epochs from the second on, since the first one warms up; NaN before there is such an epoch
 * @param timeSaved share by which the median epoch of the run, from the second on, is shorter; NaN before there are such epochs, and
 *     for a baseline run or a member of a scoring
 */
record BaselineComparison(
        double lowestAccuracy, double meanAccuracy, double highestAccuracy, double epochSeconds, double timeSaved) {

    /** Compares a run; empty if no baseline run has finished an epoch. A baseline run is compared with itself too. */
    static Optional<BaselineComparison> of(Run run, Collection<Run> all) {
        // The registry may not have the latest state of the run itself.
        Stream<Run> others = all.stream()
                .filter(other -> !other.order().runId().equals(run.order().runId()));
        List<Run> baselines = Stream.concat(others, Stream.of(run))
                .filter(other -> isBaseline(other) && isOfEqualRecipe(run, other))
                .filter(other -> !other.epochs().isEmpty())
                .toList();
        if (baselines.isEmpty()) {
            return Optional.empty();
        }
        int epoch = run.epochs().stream()
                .filter(one -> one.accuracy() != null)
                .mapToInt(EpochFigures::epoch)
                .max()
                .orElse(0);
        DoubleSummaryStatistics accuracy = baselines.stream()
                .flatMap(other -> other.epochs().stream())
                .filter(one -> one.epoch() == epoch && one.accuracy() != null)
                .mapToDouble(one -> Objects.requireNonNull(one.accuracy()))
                .summaryStatistics();
        boolean none = accuracy.getCount() == 0;
        double epochSeconds = medianSeconds(baselines.stream());
        return Optional.of(new BaselineComparison(
                none ? Double.NaN : accuracy.getMin(),
                none ? Double.NaN : accuracy.getAverage(),
                none ? Double.NaN : accuracy.getMax(),
                epochSeconds,
                run.order().member() != null || isBaseline(run)
                        ? Double.NaN
                        : 1 - medianSeconds(Stream.of(run)) / epochSeconds));
    }

    private static boolean isBaseline(Run run) {
        return run.order().member() == null
                && run.order().firstPolicy().kind() == PolicyKind.BASELINE
                && run.policies().stream().allMatch(placed -> placed.policy().kind() == PolicyKind.BASELINE);
    }

    private static boolean isOfEqualRecipe(Run run, Run other) {
        return Objects.equals(run.dataset(), other.dataset())
                && run.order().model().equals(other.order().model())
                && checksumOf(run.order().init())
                        .equals(checksumOf(other.order().init()))
                && run.order().recipe().equals(other.order().recipe());
    }

    private static String checksumOf(TrainingOrder.@Nullable GivenFile file) {
        return file == null ? "" : file.checksum();
    }

    /** Returns the median time of the epochs of these runs, from the second on; NaN if there are none. */
    private static double medianSeconds(Stream<Run> runs) {
        double[] seconds = runs.flatMap(run -> run.epochs().stream())
                .filter(epoch -> epoch.epoch() > 1)
                .mapToDouble(EpochFigures::seconds)
                .sorted()
                .toArray();
        int n = seconds.length;
        return n == 0 ? Double.NaN : (seconds[(n - 1) / 2] + seconds[n / 2]) / 2;
    }
}
