package org.dietsb.selector.mask;

/** A message that cannot be answered; the message says why. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1L;

    PoisonException(String reason) {
        super(reason);
    }
}
