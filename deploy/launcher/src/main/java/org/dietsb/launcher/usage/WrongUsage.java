package org.dietsb.launcher.usage;

/** A command line that cannot be obeyed; the message is one line that names option, value and what is allowed. */
public final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUsage(String message) {
        super(message);
    }

    /** Refuses a value of an option unless the condition holds. */
    public static void unless(boolean holds, String option, Object value, String allowed) {
        if (!holds) {
            throw new WrongUsage(option + " is " + value + ", allowed is " + allowed);
        }
    }
}
