package org.dietsb.selector.policy;

/** Refuses to judge a run, or to judge it by a policy, for the reason that is its message. */
public final class RefusalException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusalException(String reason) {
        super(reason);
    }

    /** Returns the reason, in words. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /**
     * Refuses if there is a reason to.
     *
     * @param reason in words; empty if there is none
     */
    public static void unlessEmpty(String reason) throws RefusalException {
        if (!reason.isEmpty()) {
            throw new RefusalException(reason);
        }
    }
}
