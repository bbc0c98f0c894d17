package org.dietsb.launcher.text;

import java.util.List;
import org.dietsb.contracts.field.Numbers;

/** Invalid command line or experiment file. Each line of the message names an option, its value and what is allowed. */
public final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    public WrongUsage(String message) {
        this(List.of(message));
    }

    WrongUsage(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** Rejects the value of an option unless the condition holds. */
    public static void unless(boolean holds, String option, Object value, String allowed) {
        if (!holds) {
            throw new WrongUsage(option + " is " + Numbers.words(value) + ", allowed is " + allowed);
        }
    }

    /** Rejects a command line unless the condition holds. */
    public static void unless(boolean holds, String message) {
        if (!holds) {
            throw new WrongUsage(message);
        }
    }

    /** Returns everything that is wrong. */
    List<String> mistakes() {
        return mistakes;
    }
}
