package org.dietsb.trainer.loss;

/** What to do with a batch whose mask does not come in time. */
public enum OnTimeout {
    /** Train it whole and go on without waiting until a mask comes in time. */
    WHOLE,
    /** Keep a random share of it, as large as that of the last mask, and go on without waiting. */
    RANDOM,
    /** Wait on. */
    WAIT
}
