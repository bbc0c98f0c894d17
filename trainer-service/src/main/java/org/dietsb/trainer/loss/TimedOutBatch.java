package org.dietsb.trainer.loss;

/** A batch whose mask did not come in time, and what was done instead. */
public record TimedOutBatch(int epoch, int batch, OnTimeout done) {}
