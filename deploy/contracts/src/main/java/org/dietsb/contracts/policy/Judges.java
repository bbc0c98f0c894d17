package org.dietsb.contracts.policy;

/** What a kind of policy judges, besides its diet, and by what. */
enum Judges {
    NOTHING,
    BATCHES,
    BATCHES_BY_LOSS,
    EPOCHS,
    /** By the losses of training steps. */
    EPOCHS_BY_LOSS
}
