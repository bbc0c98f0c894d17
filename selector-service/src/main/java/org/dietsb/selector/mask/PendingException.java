package org.dietsb.selector.mask;

/** A look-up that an answer depends on is not finished: nothing has changed, and the message is to be answered again later. */
final class PendingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PendingException() {
        super("a look-up is not finished", null, false, false);
    }
}
