package org.dietsb.launcher.text;

/** Invalid command line or experiment file. The message is one line that names the option, its value and what is allowed. */
public final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUsage(String message) {
        super(message);
    }

    /** Rejects the value of an option unless the condition holds. */
    public static void unless(boolean holds, String option, Object value, String allowed) {
        if (!holds) {
            throw new WrongUsage(option + " is " + value + ", allowed is " + allowed);
        }
    }

    /** Rejects a command line unless the condition holds. */
    public static void unless(boolean holds, String message) {
        if (!holds) {
            throw new WrongUsage(message);
        }
    }
}
