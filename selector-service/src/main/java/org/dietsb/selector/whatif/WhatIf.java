package org.dietsb.selector.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.mask.Rehearsal;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.report.Verdict;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.source.Sources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/**
 * What other policies would have selected in each epoch of a run, by the losses that the run reported (off-policy): with another policy
 * the losses would have been others, and how accurate the model would be is not known. Thread-safe.
 */
@Singleton
class WhatIf {
    /** Largest training set. */
    static final int MOST_EXAMPLES = 2_000_000;
    /** Largest product of the training set and the number of policies: each takes about 20 bytes an example. */
    static final int MOST_JUDGED = 5_000_000;

    private final RunLog log;
    private final Sources sources;
    private final SelectorConfig config;

    WhatIf(RunLog log, Sources sources, SelectorConfig config) {
        this.log = log;
        this.sources = sources;
        this.config = config;
    }

    /**
     * An epoch of a run, as it was and as it would have been.
     *
     * @param epoch from 1
     * @param policies one for each policy, in order
     */
    public record Epoch(int epoch, List<Tried> policies) {}

    /**
     * An epoch under a policy.
     *
     * @param refused why the policy cannot be tried on this run; null if it can
     * @param verdict of all examples; null if it was refused, or the run's own masks of this epoch are not recorded
     * @param kept share of the training set that the policy would have trained on
     * @param passes cost of the epoch under the policy, in passes over the training set, forward and backward
     * @param stale share of the training set whose losses are those of an earlier epoch, because this one has none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tried(
            @Nullable String refused,
            @Nullable Verdict verdict,
            @Nullable Double kept,
            @Nullable Double passes,
            @Nullable Double stale) {

        private static Tried refused(String reason) {
            return new Tried(reason, null, null, null, null);
        }
    }

    /** A policy on its way through the epochs. */
    private static final class Trial {
        private final Policy policy;
        private @Nullable Rehearsal rehearsal;
        private String refused = "";

        Trial(Policy policy) {
            this.policy = policy;
        }
    }

    /**
     * Tries policies on a run.
     *
     * @param run with its completed epochs
     * @param each receives the epochs in order; returns false to stop
     * @throws RefusalException if the run's losses cannot be read
     */
    void of(RunSheet run, List<Policy> policies, Predicate<Epoch> each) throws RefusalException, IOException {
        List<Trial> trials = policies.stream().map(Trial::new).toList();
        try {
            log.epochs(run, new Reading(run, trials, each));
        } catch (Stopped stopped) {
            // Nobody wants to know any more.
        } finally {
            trials.forEach(WhatIf::end);
        }
    }

    private static void end(Trial trial) {
        if (trial.rehearsal != null) {
            trial.rehearsal.close();
            trial.rehearsal = null;
        }
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private final class Reading implements RunLog.Reader {
        private final RunSheet run;
        private final List<Trial> trials;
        private final Predicate<Epoch> each;
        private final Map<Integer, Double> passesNow;
        private int examples;

        Reading(RunSheet run, List<Trial> trials, Predicate<Epoch> each) {
            this.run = run;
            this.trials = trials;
            this.each = each;
            this.passesNow = run.figures().stream()
                    .collect(Collectors.toMap(RunSheet.Figures::epoch, RunSheet.Figures::passes, (a, b) -> b));
        }

        @Override
        public void opened(AttemptOpened opened) throws RefusalException {
            examples = opened.getDataset().getCount();
            if (examples > MOST_EXAMPLES || (long) examples * trials.size() > MOST_JUDGED) {
                throw new RefusalException("the run has " + examples + " examples, and " + trials.size()
                        + " policies are to be tried: allowed are " + MOST_EXAMPLES + " examples, and "
                        + MOST_JUDGED + " examples times policies");
            }
            for (Trial trial : trials) {
                trial.refused = trial.policy.proxy() == null
                        ? trial.policy.unfitFor(opened.getBatchSize())
                        : "the losses of a proxy are not known";
                trial.rehearsal = new Rehearsal(run.id(), opened, trial.policy, sources, config);
            }
        }

        @Override
        public void epoch(LossEpoch epoch) {
            Optional<BitSet> now =
                    sources.masks(run.id(), epoch.epoch(), examples).map(MaskRecords.Masks::selected);
            List<Tried> tried = new ArrayList<>();
            for (Trial trial : trials) {
                tried.add(tried(trial, epoch, now.orElse(null)));
            }
            if (!each.test(new Epoch(epoch.epoch(), tried))) {
                throw new Stopped();
            }
        }

        private Tried tried(Trial trial, LossEpoch epoch, @Nullable BitSet now) {
            Rehearsal rehearsal = trial.rehearsal;
            if (!trial.refused.isEmpty() || rehearsal == null) {
                return Tried.refused(trial.refused);
            }
            try {
                Rehearsal.Epoch then = rehearsal.next(epoch);
                double scale = trial.policy.selectionScale();
                double passes =
                        (scale * scale * then.judged() + 3.0 * then.selected().cardinality()) / (3.0 * examples);
                Double was = passesNow.get(epoch.epoch());
                return new Tried(
                        null,
                        now == null || was == null ? null : Verdict.of(examples, now, then.selected(), was, passes),
                        (double) then.selected().cardinality() / examples,
                        passes,
                        (double) then.stale() / examples);
            } catch (RefusalException refusal) {
                trial.refused = refusal.reason();
                end(trial);
                return Tried.refused(trial.refused);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
    }
}
