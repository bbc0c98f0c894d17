package org.dietsb.selector.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.swap.PolicyRevision.Effect;
import org.dietsb.selector.swap.PolicyRevision.Figures;
import org.dietsb.selector.swap.PolicyRevision.Until;
import org.jspecify.annotations.Nullable;

/** Computes the effects of a run's policies from the run's own figures. */
final class Effects {
    private final RunSheet run;

    Effects(RunSheet run) {
        this.run = run;
    }

    /** Returns an effect for each stretch that this revision judged. */
    List<Effect> of(long revision) {
        List<Effect> effects = new ArrayList<>();
        List<RunSheet.Placed> placed = run.placed();
        for (int i = 0; i < placed.size(); i++) {
            RunSheet.Placed here = placed.get(i);
            if (here.revision() == revision) {
                RunSheet.@Nullable Placed next = i + 1 < placed.size() ? placed.get(i + 1) : null;
                effects.add(new Effect(
                        here.epoch(),
                        here.batch(),
                        next == null ? null : new Until(next.epoch(), next.batch()),
                        i == 0 ? Figures.UNKNOWN : figures(placed.get(i - 1), here, 1),
                        figures(here, next, here.epoch())));
            }
        }
        return effects;
    }

    /**
     * Returns the figures of a stretch, which ends before the first batch of the next.
     *
     * @param evaluated the first epoch whose evaluation counts
     */
    private Figures figures(RunSheet.Placed first, RunSheet.@Nullable Placed next, int evaluated) {
        int end = next == null ? Integer.MAX_VALUE : next.epoch();
        List<RunSheet.Figures> whole = run.figures().stream()
                .filter(one -> one.epoch() >= (first.batch() == 0 ? first.epoch() : first.epoch() + 1))
                .filter(one -> one.epoch() < end)
                .toList();
        // The first epoch is a warm-up. An epoch that a budget cut short is extrapolated.
        Stream<RunSheet.Figures> timed = whole.stream().filter(one -> one.epoch() > 1 || whole.size() == 1);
        OptionalDouble passes =
                whole.stream().mapToDouble(one -> one.passes() / one.share()).average();
        return new Figures(
                accuracy(evaluated, end),
                median(timed.mapToDouble(one -> one.seconds() / one.share())
                        .sorted()
                        .toArray()),
                passes.isPresent() ? passes.getAsDouble() : null);
    }

    /** Returns the accuracy of the last evaluated epoch in [first, end): evaluation follows the epoch. */
    private @Nullable Double accuracy(int first, int end) {
        Double last = null;
        for (RunSheet.Figures one : run.figures()) {
            if (one.epoch() >= first && one.epoch() < end && one.accuracy() != null) {
                last = one.accuracy();
            }
        }
        return last;
    }

    private static @Nullable Double median(double[] sorted) {
        int n = sorted.length;
        return n == 0 ? null : Double.valueOf((sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
    }
}
