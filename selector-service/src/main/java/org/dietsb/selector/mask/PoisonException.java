package org.dietsb.selector.mask;

import org.dietsb.trainer.wire.LossMessage;

/** Rejects a message: it goes to the dead-letter topic with the reason, and its attempt is refused if it can be told. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient LossMessage readable;

    PoisonException(String reason) {
        this(reason, LossMessage.getDefaultInstance());
    }

    /**
     * Rejects a message that cannot be parsed.
     *
     * @param readable what could be read before the error
     */
    PoisonException(String reason, LossMessage readable) {
        super(reason);
        this.readable = readable;
    }

    /** Returns what of a message that cannot be parsed could be read. */
    LossMessage readable() {
        return readable;
    }
}
