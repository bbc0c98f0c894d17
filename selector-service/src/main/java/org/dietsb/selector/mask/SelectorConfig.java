package org.dietsb.selector.mask;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Every setting of the selector. */
@ConfigMapping(prefix = "dietsb.selector")
public interface SelectorConfig {

    /**
     * A run that says nothing for so long, by the timestamps of its messages, is forgotten: 1 minute or more, and longer than
     * its longest epoch, as its trainer is silent while it evaluates or waits. Default 12 hours.
     */
    @WithDefault("PT12H")
    Duration forgetAfter();

    /** Most examples of a batch, in [1, 65536]; larger ones are dead letters. Default 65536. */
    @WithDefault("65536")
    int largestBatch();

    /**
     * Most examples of a training set, in [1, 100000000]; runs on larger ones, and scores beyond it, are dead letters. Default
     * 100,000,000, a mask of 12 MB.
     */
    @WithDefault("100000000")
    int largestDataset();

    /**
     * Scores held of score sets whose end has not come, in [10000, 100000000], 8 bytes each: beyond it the oldest sets make room,
     * so that sets that scorers publish at the same time must fit in together. Default 5,000,000.
     */
    @WithDefault("5000000")
    int unfinishedScores();

    /**
     * Runs of which it is known that their masks are recorded, 1 or more: the latest, some 200 bytes an epoch; others cannot be
     * replayed. Default 1000.
     */
    @WithDefault("1000")
    int mostRecords();

    /** Most runs held at a time, on all partitions; a further one is refused. Some 4 kB each, and their losses. Default 10000. */
    @WithDefault("10000")
    int mostRuns();

    /**
     * Least time between two reports of a run on topic selection-reports, in [1 s, 1 h]; also at the end of each epoch and of
     * the run. Default 2 seconds.
     */
    @WithDefault("PT2S")
    Duration reportEvery();

    /**
     * Share of the heap, in (0, 1), that the losses of all runs may take: 6.5 bytes an example of a run's training set (2.5 where its
     * losses are not used), its last batches, and its history. A run whose losses go beyond it is refused. Default 0.5: collecting garbage wants as much again.
     */
    @WithDefault("0.5")
    double lossesOfHeap();

    /**
     * Least share of all training examples, in [0, 1], that a policy may backpropagate: keep x (1 - prePruned). A swap to less is
     * refused. Default 0.01: below, a run hardly learns.
     */
    @WithDefault("0.01")
    double leastKeep();

    /** Largest change of that share by one swap, in (0, 1]; a larger one is refused. Default 1, any. */
    @WithDefault("1")
    double mostChange();
}
