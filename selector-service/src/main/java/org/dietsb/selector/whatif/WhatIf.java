package org.dietsb.selector.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.history.LossEpoch;
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
    private final Labels labels;
    private final SelectorConfig config;
    private final int threads;

    /** Where the labels of a training set are looked up. */
    interface Labels {
        /** Returns a score set of this training set that has labels; empty if none is known. */
        Optional<ScoreSet> labelled(int examples, String fingerprint);
    }

    @Inject
    WhatIf(RunLog log, Sources sources, ScoreSets scoreSets, SelectorConfig config) {
        this(log, sources, scoreSets::labelled, config, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Creates one.
     *
     * @param threads that judge, besides the one that reads; 1 or more
     */
    WhatIf(RunLog log, Sources sources, Labels labels, SelectorConfig config, int threads) {
        this.log = log;
        this.sources = sources;
        this.labels = labels;
        this.config = config;
        this.threads = threads;
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
     * @param keptByClass share of each class that the policy would have trained on, to four places; null if no labels are known
     * @param overlapByClass of each class, the share of what either keeps that the run's own masks and the policy both keep
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tried(
            @Nullable String refused,
            @Nullable Verdict verdict,
            @Nullable Double kept,
            @Nullable Double passes,
            @Nullable Double stale,
            @Nullable List<Double> keptByClass,
            @Nullable List<Double> overlapByClass) {

        static Tried refused(String reason) {
            return new Tried(reason, null, null, null, null, null, null);
        }
    }

    /**
     * Tries policies on a run.
     *
     * @param run with its completed epochs
     * @param each receives the epochs in order; returns false to stop
     * @return the classes of the training set
     * @throws RefusalException if the run's losses cannot be read
     */
    Classes of(RunSheet run, List<Policy> policies, Predicate<Epoch> each) throws RefusalException, IOException {
        try (SideBySide candidates =
                new SideBySide(policies.stream().map(Candidate::new).toList(), threads, new Passing(each))) {
            Reading reading = new Reading(run, candidates);
            log.epochs(run, reading);
            candidates.end();
            return reading.classes;
        } catch (Stopped stopped) {
            return Classes.none("stopped");
        }
    }

    /** Hands on epochs while they are wanted. */
    private record Passing(Predicate<Epoch> each) implements Consumer<Epoch> {
        @Override
        public void accept(Epoch epoch) {
            if (!each.test(epoch)) {
                throw new Stopped();
            }
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
        private final SideBySide candidates;
        private final Map<Integer, Double> passesNow;
        private int examples;
        private Classes classes = Classes.none("");

        Reading(RunSheet run, SideBySide candidates) {
            this.run = run;
            this.candidates = candidates;
            this.passesNow = run.figures().stream()
                    .collect(Collectors.toMap(RunSheet.Figures::epoch, RunSheet.Figures::passes, (a, b) -> b));
        }

        @Override
        public void opened(AttemptOpened opened) throws RefusalException {
            examples = opened.getDataset().getCount();
            if (examples > MOST_EXAMPLES || (long) examples * candidates.count() > MOST_JUDGED) {
                throw new RefusalException("the run has " + examples + " examples, and " + candidates.count()
                        + " policies are to be tried: allowed are " + MOST_EXAMPLES + " examples, and "
                        + MOST_JUDGED + " examples times policies");
            }
            classes = labels.labelled(examples, opened.getDataset().getChecksum())
                    .map(Classes::of)
                    .orElse(Classes.none("no score set of this dataset has labels"));
            candidates.open(run.id(), opened, classes, sources, config);
        }

        @Override
        public void epoch(LossEpoch epoch) {
            BitSet masks = sources.masks(run.id(), epoch.epoch(), examples)
                    .map(MaskRecords.Masks::selected)
                    .orElse(null);
            Double passes = passesNow.get(epoch.epoch());
            candidates.judge(epoch, masks == null || passes == null ? null : new Candidate.Now(masks, passes));
        }
    }
}
