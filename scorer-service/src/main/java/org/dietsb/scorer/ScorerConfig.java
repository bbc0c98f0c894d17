package org.dietsb.scorer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of this service. */
@ConfigMapping(prefix = "dietsb.scorer")
public interface ScorerConfig {

    /**
     * How long a request waits for the topics to be read to their end, and for what it wrote to be read back. Above 0;
     * default 30 s: a broker that was killed is back in 7 s.
     */
    @WithDefault("30S")
    Duration patience();

    /**
     * Age of a request from which on a scorer that did not take it itself orders members that nobody ordered, as after a
     * crash between request and order. Above 0; default 30 s, more than a scorer takes to send its orders.
     */
    @WithDefault("30S")
    Duration orderGrace();

    /** Scores of a chunk, in [1, 10000]; default 10000, a message of 60 kB. */
    @WithDefault("10000")
    int chunkSize();

    /** Most examples of a training set, in [1, 100000000]; reports and scores beyond it are dead letters. Default 100,000,000. */
    @WithDefault("100000000")
    int largestDataset();

    /**
     * Scores held of score sets whose end has not come, in [10000, 100000000], 8 bytes each: beyond it the oldest sets make room,
     * so that sets that scorers publish at the same time must fit in together. Default 5,000,000.
     */
    @WithDefault("5000000")
    int unfinishedScores();

    /** Scorings that may run at a time, 1 or more; a further one is refused until one has ended. Default 100. */
    @WithDefault("100")
    int mostRunning();

    /** Scorings, the newest, that have gauges of their own, in [0, 100]; default 10. */
    @WithDefault("10")
    int gauges();
}
