package org.dietsb.scorer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.dietsb.contracts.score.UnfinishedSets;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMin;

/** Settings of this service. A value outside its range ends the start with an error. */
@ConfigMapping(prefix = "dietsb.scorer")
public interface ScorerConfig {
    /** Follows the name of the setting. */
    String RANGE = "is ${validatedValue}, allowed is [{min}, {max}]";

    /** Follows the name of the setting. */
    String ABOVE_ZERO = "is ${validatedValue}, allowed is above 0";

    /**
     * Time that a request waits for the topics to be read to their end, and for its messages to be read back. Default 30 s: a
     * broker that was killed is back after 7 s.
     */
    @WithDefault("30S")
    @DurationMin(inclusive = false, message = ABOVE_ZERO)
    Duration patience();

    /**
     * Age of a request from which on any scorer orders members that nobody ordered, as after a crash between request and order.
     * Default 30 s, more than a scorer needs to send its orders.
     */
    @WithDefault("30S")
    @DurationMin(inclusive = false, message = ABOVE_ZERO)
    Duration orderGrace();

    /** Scores per chunk. Default 10,000, a message of 60 kB. */
    @WithDefault("10000")
    @Range(min = 1, max = UnfinishedSets.LARGEST_CHUNK, message = RANGE)
    int chunkSize();

    /** Largest number of examples of a training set; larger reports and score sets are dead letters. Default 100,000,000. */
    @WithDefault("100000000")
    @Range(min = 1, max = 100_000_000, message = RANGE)
    int largestDataset();

    /**
     * Number of scores held of unfinished score sets, 8 bytes each. The oldest sets make room for new chunks, so the sets that
     * scorers publish at the same time must fit together. Default 5,000,000.
     */
    @WithDefault("5000000")
    @Range(min = 10_000, max = 100_000_000, message = RANGE)
    int unfinishedScores();

    /**
     * Share of the heap, in (0, 1), that finished score sets may take, 8 bytes a score; those used last are held, the others are read from the
     * topic when they are asked for. Default 0.2, seven of ImageNet's size in 384 MB.
     */
    @WithDefault("0.2")
    @DecimalMin(value = "0", inclusive = false, message = "is ${validatedValue}, allowed is (0, 1)")
    @DecimalMax(value = "1", inclusive = false, message = "is ${validatedValue}, allowed is (0, 1)")
    double scoresOfHeap();

    /** Number of scorings that may run at the same time; further ones are rejected until one has ended. Default 100. */
    @WithDefault("100")
    @Positive(message = "is ${validatedValue}, allowed is 1 or more")
    int mostRunning();

    /**
     * Maximum number of scorings and score sets that are over and kept in topic el2n-scores, those that ended last; further ones are
     * deleted within an hour or two, unless a run that is not over uses them. Default 1,000: some 60 MB of topic for sets of 10,000
     * examples, 85 GB for sets of ImageNet-21k's size.
     */
    @WithDefault("1000")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostFinished();

    /**
     * How long scorings and score sets that are over are kept in topic el2n-scores; 8 days or more, longer than the orders and reports of
     * their members, which are kept for 7. Default 365 days: later runs use them too.
     */
    @WithDefault("P365D")
    @DurationMin(days = 8, message = "is ${validatedValue}, allowed is P8D or more")
    Duration finishedFor();

    /** Number of scorings, the newest, that have gauges of their own. Default 10. */
    @WithDefault("10")
    @Range(min = 0, max = 100, message = RANGE)
    int gauges();
}
