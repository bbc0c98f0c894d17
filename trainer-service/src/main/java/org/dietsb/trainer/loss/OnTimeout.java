package org.dietsb.trainer.loss;

/** How to handle a batch whose mask times out. */
public enum OnTimeout {
    /** Train it whole, and do not wait for masks until one arrives in time. */
    WHOLE,
    /** Keep a random share of it, as large as that of the last mask, and do not wait for masks until one arrives in time. */
    RANDOM,
    /** Keep waiting. */
    WAIT
}
