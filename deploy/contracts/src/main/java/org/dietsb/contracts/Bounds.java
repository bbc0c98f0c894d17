package org.dietsb.contracts;

import org.dietsb.contracts.field.Numbers;

/** The check of a value against its allowed range, with the one form of message that every service answers with. */
public final class Bounds {
    private Bounds() {}

    /**
     * Throws if a value is outside its range. {@link Violations} collects all that are.
     *
     * @throws RefusedException with field, value and allowed range unless the condition holds
     */
    public static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new RefusedException(field, field + " is " + Numbers.words(value) + ", allowed is " + allowed);
        }
    }
}
