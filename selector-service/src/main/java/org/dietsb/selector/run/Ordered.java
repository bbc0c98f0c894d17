package org.dietsb.selector.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run's order, by the names and values of the trainer's JSON. Its seed, model, batch size and policy are in the
 * {@link RunSheet}. An empty text and 0 stand for a setting that was not given.
 *
 * @param dataset name in the trainer's catalogue
 * @param limit number of training examples, from the first; 0 = all
 * @param epochs length of the schedule
 * @param budget {@code epochs}, {@code steps=N} or {@code passes=N}
 * @param augment {@code crop,flip}, {@code crop}, {@code flip} or {@code none}
 * @param evaluateEvery epochs between evaluations; 0 = never
 * @param checkpointEvery batches between checkpoints; 0 = only at the end of each epoch
 */
public record Ordered(
        String dataset,
        String dataDir,
        int limit,
        int imageSize,
        String onBadPicture,
        String modelFile,
        String init,
        int epochs,
        String budget,
        double learningRate,
        String schedule,
        double warmupEpochs,
        double momentum,
        double weightDecay,
        String augment,
        int window,
        double maskTimeoutSeconds,
        String onTimeout,
        int evaluateEvery,
        @Nullable Double stopAtAccuracy,
        int checkpointEvery,
        List<String> tags) {

    public Ordered {
        tags = List.copyOf(tags);
    }
}
