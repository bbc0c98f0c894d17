package org.dietsb.trainer.loss;

/** A batch whose mask timed out, and how it was handled. */
public record TimedOutBatch(int epoch, int batch, OnTimeout done) {}
