package org.dietsb.selector;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** All settings of the selector. */
@ConfigMapping(prefix = "dietsb.selector")
public interface SelectorConfig {
    /** Message of a setting out of its range. */
    String RANGE = "is ${validatedValue}, allowed is [{min}, {max}]";

    /** Message of a share out of its range. */
    String SHARE = "is ${validatedValue}, allowed is ";

    /** Message of a time between reports out of its range. */
    String REPORT_EVERY = "is ${validatedValue}, allowed is [PT1S, PT1H]";

    /**
     * Time without a message, by the timestamps of its messages, after which a run is forgotten: 1 minute or more, and longer
     * than its longest epoch, as its trainer is silent while it evaluates or waits. Default 12 hours.
     */
    @WithDefault("PT12H")
    @DurationMin(
            minutes = 1,
            message = "is ${validatedValue}, allowed is PT1M or more, and longer than the longest epoch")
    Duration forgetAfter();

    /** Maximum number of examples of a batch, in [1, 65536]; larger batches go to the dead-letter topic. Default 65536. */
    @WithDefault("65536")
    @Range(min = 1, max = 65_536, message = RANGE)
    int largestBatch();

    /**
     * Maximum number of examples of a training set, in [1, 100000000]; runs on larger ones, and scores beyond it, go to the
     * dead-letter topic. Default 16,777,216, the largest that is tested; runs on larger ones are trained, but not recorded.
     */
    @WithDefault("16777216")
    @Range(min = 1, max = 100_000_000, message = RANGE)
    int largestDataset();

    /**
     * Maximum number of scores of unfinished score sets, in [10000, 100000000], 8 bytes each: beyond it the oldest sets are
     * dropped, so that all sets that scorers publish at the same time must fit. Default 5,000,000.
     */
    @WithDefault("5000000")
    @Range(min = 10_000, max = 100_000_000, message = RANGE)
    int unfinishedScores();

    /**
     * Maximum number of runs whose recorded masks are indexed, 1 or more: the latest, some 200 bytes an epoch; others cannot be
     * replayed. Default 1000.
     */
    @WithDefault("1000")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostRecords();

    /** Maximum number of runs held, on all partitions; a further one is refused. Some 4 kB each, and their losses. Default 10000. */
    @WithDefault("10000")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostRuns();

    /**
     * Minimum time between two reports of a run on topic selection-reports, in [1 s, 1 h]; a report is also written at the end
     * of each epoch and of the run. Default 2 seconds.
     */
    @WithDefault("PT2S")
    @DurationMin(seconds = 1, message = REPORT_EVERY)
    @DurationMax(hours = 1, message = REPORT_EVERY)
    Duration reportEvery();

    /**
     * Silence after which the control room shows a running run that a loop of its own trains as lost: 1 second or more. Default 5
     * minutes; such a loop writes a sign of life every 15 s.
     */
    @WithDefault("PT5M")
    @DurationMin(seconds = 1, message = "is ${validatedValue}, allowed is PT1S or more")
    Duration lostAfter();

    /**
     * Share of the heap, in (0, 1), that the losses of all runs may take: 6.5 bytes per example of a run's training set (2.5 if its
     * losses are not used), its last batches, and its history. A run whose losses exceed it is refused. Default 0.5: garbage collection needs as much again.
     */
    @WithDefault("0.5")
    @DecimalMin(value = "0", inclusive = false, message = SHARE + "(0, 1)")
    @DecimalMax(value = "1", inclusive = false, message = SHARE + "(0, 1)")
    double lossesOfHeap();

    /**
     * Share of the heap, in (0, 1), that finished score sets may take, 8 bytes a score: those used last; the others are read from the topic
     * when a diet asks for them. Default 0.2, ten of ImageNet's size in 512 MB.
     */
    @WithDefault("0.2")
    @DecimalMin(value = "0", inclusive = false, message = SHARE + "(0, 1)")
    @DecimalMax(value = "1", inclusive = false, message = SHARE + "(0, 1)")
    double scoresOfHeap();

    /**
     * Minimum share of all training examples, in [0, 1], that a policy may backpropagate: keep x (1 - prePruned). A swap to less is
     * refused. Default 0.01: below, a run hardly learns.
     */
    @WithDefault("0.01")
    @DecimalMin(value = "0", message = SHARE + "[0, 1]")
    @DecimalMax(value = "1", message = SHARE + "[0, 1]")
    double leastKeep();

    /** Maximum change of that share by one swap, in (0, 1]; a larger one is refused. Default 1, any. */
    @WithDefault("1")
    @DecimalMin(value = "0", inclusive = false, message = SHARE + "(0, 1]")
    @DecimalMax(value = "1", message = SHARE + "(0, 1]")
    double mostChange();
}
