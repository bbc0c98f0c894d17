package org.dietsb.bench.judging;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import org.dietsb.bench.path.Losses;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The time of a subject, measured by JMH. */
@State(Scope.Thread)
public class SubjectBenchmark {
    /** Number of losses in which no two batches are the same, or the processor would learn how they sort. */
    private static final int LOSSES = 1 << 19;

    /** Of the batch, or of the training set. */
    @Param("128")
    int examples;

    @Param
    Subject subject = Subject.RANDOM;

    private IntFunction<Object> work = batch -> batch;
    private int batch;

    /** Draws the losses, and prepares the subject. */
    @Setup
    public void prepare() {
        Random random = new Random(Subject.SEED);
        float[][] losses = new float[Math.max(1, LOSSES / examples)][];
        Arrays.setAll(losses, i -> Losses.draw(random, examples));
        work = subject.work.apply(losses);
    }

    /** Does the work of the next batch. */
    @Benchmark
    public Object work() {
        batch = (batch + 1) & Integer.MAX_VALUE;
        return work.apply(batch);
    }
}
