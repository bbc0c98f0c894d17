package org.dietsb.selector.page;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;

/** The scoring that a run needed: of every score set that one of its policies used. */
final class ComparedCost {
    private ComparedCost() {}

    /** Returns what the scoring cost, nothing if the run needed none; empty if the cost of one of its score sets is not known. */
    static Optional<ScoringCost> of(RunSheet run, ScoreSets sets) {
        return of(run, sets::cost);
    }

    /** Returns what the scoring cost, by the cost of the scores of a policy. */
    static Optional<ScoringCost> of(RunSheet run, Function<Policy, Optional<ScoringCost>> scores) {
        Set<String> counted = new LinkedHashSet<>();
        double seconds = 0;
        long examples = 0;
        for (Policy policy : Stream.concat(
                        Stream.of(run.firstPolicy()), run.placed().stream().map(RunSheet.Placed::policy))
                .filter(one -> one.scoreSet() != null)
                .toList()) {
            Optional<ScoringCost> cost = scores.apply(policy);
            if (cost.isEmpty()) {
                return Optional.empty();
            }
            if (counted.add(Objects.requireNonNull(policy.scoreSet()))) {
                seconds += cost.get().seconds();
                examples += cost.get().examplesTrained();
            }
        }
        return Optional.of(new ScoringCost(seconds, examples));
    }
}
