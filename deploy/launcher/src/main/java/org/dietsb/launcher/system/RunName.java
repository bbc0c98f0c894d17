package org.dietsb.launcher.system;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dietsb.launcher.text.UserError;

/** A run as people name it in a command: by its id, or by a beginning that no other id has. */
public final class RunName {
    private static final int MOST_SHOWN = 5;

    private RunName() {}

    /**
     * Does something with the run of this name.
     *
     * @param action with the id of the run; it fails before it changes anything if its service does not know the run
     * @throws UserError of the action, or if several ids begin so
     */
    public static <T> T with(LocalSystem system, String name, Function<String, T> action) {
        try {
            return action.apply(name);
        } catch (Missing unknown) {
            return action.apply(beginning(system, name).orElseThrow(() -> unknown));
        }
    }

    /** Returns the only id that begins so, and is longer; empty if there is none. */
    public static Optional<String> beginning(LocalSystem system, String name) {
        List<String> ids =
                known(system).stream().filter(id -> id.startsWith(name)).toList();
        if (name.isEmpty() || ids.contains(name)) {
            return Optional.empty();
        }
        if (ids.size() > 1) {
            throw new UserError(ids.size() + " runs begin with " + name + ": "
                    + String.join(", ", ids.subList(0, Math.min(MOST_SHOWN, ids.size())))
                    + (ids.size() > MOST_SHOWN ? ", .." : "") + "; give more of the id");
        }
        return ids.stream().findFirst();
    }

    private static List<String> known(LocalSystem system) {
        try {
            return NextPage.all(system.trainer, "/runs?limit=1000").stream()
                    .map(run -> run.path("runId").asText())
                    .toList();
        } catch (Missing none) {
            return List.of();
        }
    }
}
