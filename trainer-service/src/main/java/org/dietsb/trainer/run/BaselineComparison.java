package org.dietsb.trainer.run;

import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the baseline runs of a run's dataset, model and recipe, of any seed, have to show.
 *
 * @param lowestAccuracy after the run's last evaluated epoch, the lowest of these runs; NaN where none was evaluated then
 * @param epochSeconds mean of their epochs, the first left out where there are more: it warms up
 */
record BaselineComparison(double lowestAccuracy, double meanAccuracy, double highestAccuracy, double epochSeconds) {

    /** None where there is no such run with an epoch that has ended. A baseline run is compared with itself too. */
    static Optional<BaselineComparison> of(Run run, Collection<Run> all) {
        // Its own news may not have been read back yet.
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
        return Optional.of(new BaselineComparison(
                none ? Double.NaN : accuracy.getMin(),
                none ? Double.NaN : accuracy.getAverage(),
                none ? Double.NaN : accuracy.getMax(),
                baselines.stream()
                        .mapToDouble(BaselineComparison::secondsOfAnEpoch)
                        .average()
                        .orElse(Double.NaN)));
    }

    private static boolean isBaseline(Run run) {
        return run.order().member() == null
                && run.order().firstPolicy().kind() == Policy.Kind.BASELINE
                && run.policies().stream().allMatch(placed -> placed.policy().kind() == Policy.Kind.BASELINE);
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

    private static double secondsOfAnEpoch(Run run) {
        return run.epochs().stream()
                .skip(run.epochs().size() > 1 ? 1 : 0)
                .mapToDouble(EpochFigures::seconds)
                .average()
                .orElse(Double.NaN);
    }
}
