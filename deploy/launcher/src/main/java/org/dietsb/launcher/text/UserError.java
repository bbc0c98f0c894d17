package org.dietsb.launcher.text;

import java.io.IOException;

/** An error that the user can fix. The message is one line that says how. */
public class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }

    /** File access that may fail. */
    @FunctionalInterface
    public interface Access<T> {
        T run() throws IOException;
    }

    /**
     * Accesses a file.
     *
     * @param action what fails, such as {@code cannot read FILE}
     * @throws UserError with the action and the cause, if the access fails
     */
    public static <T> T onFailure(String action, Access<T> access) {
        try {
            return access.run();
        } catch (IOException failed) {
            throw new UserError(action + ": " + failed.getMessage());
        }
    }
}
