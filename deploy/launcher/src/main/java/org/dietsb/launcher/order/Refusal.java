package org.dietsb.launcher.order;

/** Options that cannot be obeyed; the message is the one line the user sees. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Refusal(String message) {
        super(message);
    }

    /** A value that is out of its range, in the words of the services. */
    static Refusal of(String field, Object value, String allowed) {
        return new Refusal(field + " is " + value + ", allowed is " + allowed);
    }
}
