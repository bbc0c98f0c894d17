package org.dietsb.selector.mask;

/** Rejects a message that cannot be answered: it goes to the dead-letter topic with the reason. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1L;

    PoisonException(String reason) {
        super(reason);
    }
}
