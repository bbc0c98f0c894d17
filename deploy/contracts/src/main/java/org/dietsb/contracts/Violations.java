package org.dietsb.contracts;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.Numbers;
import org.jspecify.annotations.Nullable;

/** Collects every value of a request that is refused, so that a caller learns of all of them at once. Not thread-safe. */
public final class Violations {
    private final List<Violation> found = new ArrayList<>();

    /** Notes a violation unless the condition holds. */
    public void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            add(field, field + " is " + Numbers.words(value) + ", allowed is " + allowed);
        }
    }

    /** Notes a violation unless the number is in the range of the field. */
    public void check(Field field, double value) {
        require(field.allows(value), field.label(), value, field.allowed());
    }

    /** Notes a violation. */
    public void add(String field, String message) {
        found.add(new Violation(field, message));
    }

    /** Returns the value, or the other one if an exception refuses it, which is noted. */
    public <T> T or(T otherwise, Supplier<? extends T> value) {
        T found = orNull("", value);
        return found == null ? otherwise : found;
    }

    /** Returns the value, or null if there is none or an exception refuses it, which is noted. */
    public <T> @Nullable T orNull(Supplier<? extends @Nullable T> value) {
        return orNull("", value);
    }

    /**
     * Returns the value, or null if there is none or an exception refuses it, which is noted.
     *
     * @param prefix of the fields, such as {@code policy.}
     */
    public <T> @Nullable T orNull(String prefix, Supplier<? extends @Nullable T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException refused) {
            List<Violation> named = RefusedException.violations(refused);
            if (named.isEmpty()) {
                add("", String.valueOf(refused.getMessage()));
            }
            named.forEach(one -> add(one.field().isEmpty() ? "" : prefix + one.field(), one.message()));
            return null;
        }
    }

    /** Runs a check, and notes what it refuses. */
    public void run(Runnable check) {
        var unused = or(this, () -> {
            check.run();
            return this;
        });
    }

    /** Returns whether a value of this field is refused. */
    public boolean has(String field) {
        return found.stream().anyMatch(one -> one.field().equals(field));
    }

    /** Returns what was noted. */
    public List<Violation> all() {
        return List.copyOf(found);
    }

    /**
     * Returns if nothing was noted.
     *
     * @throws RefusedException with everything that was noted
     */
    public void orThrow() {
        if (!found.isEmpty()) {
            throw new RefusedException(found);
        }
    }
}
