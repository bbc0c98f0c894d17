package org.dietsb.selector.mask;

/** Refuses what a trainer asks for; the message is the reason, which the trainer gets. */
final class RefusalException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusalException(String reason) {
        super(reason);
    }

    /**
     * Refuses unless there is no reason to.
     *
     * @param reason in words; empty if there is none
     */
    static void unlessEmpty(String reason) throws RefusalException {
        if (!reason.isEmpty()) {
            throw new RefusalException(reason);
        }
    }
}
