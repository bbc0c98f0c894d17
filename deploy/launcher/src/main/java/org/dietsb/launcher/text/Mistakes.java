package org.dietsb.launcher.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Collects every mistake of a command line, so that a user learns of all of them at once. Not thread-safe. */
public final class Mistakes {
    private static final Pattern NAME = Pattern.compile("--[a-z][a-z-]*(?: [a-z]+(?= is ))?");

    private final List<String> found = new ArrayList<>();

    /** Notes a mistake unless the condition holds. */
    public void unless(boolean holds, String option, Object value, String allowed) {
        run(() -> WrongUsage.unless(holds, option, value, allowed));
    }

    /** Notes a mistake unless the condition holds. */
    public void unless(boolean holds, String message) {
        run(() -> WrongUsage.unless(holds, message));
    }

    /** Runs a check that ends at its first mistake, and notes this. */
    public void run(Runnable check) {
        try {
            check.run();
        } catch (WrongUsage wrong) {
            add(String.valueOf(wrong.getMessage()));
        }
    }

    /** Notes a mistake. */
    void add(String message) {
        if (!found.contains(message)) {
            found.add(message);
        }
    }

    /** Runs a check, and notes what it finds except for mistakes about options that are wrong already: these may follow from that. */
    void then(Checked check) {
        Mistakes later = new Mistakes();
        later.found.addAll(found);
        check.check(later);
        List<String> before = List.copyOf(found);
        later.found.stream()
                .filter(message -> before.stream().noneMatch(one -> isAbout(one, message)))
                .forEach(this::add);
    }

    private static boolean isAbout(String before, String message) {
        return NAME.matcher(message).results().anyMatch(name -> subject(before).equals(name.group()));
    }

    private static String subject(String message) {
        return NAME.matcher(message)
                .results()
                .findFirst()
                .map(name -> name.group())
                .orElse("");
    }

    /** Returns whether a value of this option, or of this parameter, is known to be wrong. */
    public boolean has(String option) {
        return found.stream().anyMatch(message -> message.startsWith(option + " "));
    }

    /**
     * Returns if nothing was noted.
     *
     * @throws WrongUsage with everything that was noted
     */
    public void orThrow() {
        if (!found.isEmpty()) {
            throw new WrongUsage(found);
        }
    }
}
