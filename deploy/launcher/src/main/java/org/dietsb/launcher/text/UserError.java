package org.dietsb.launcher.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

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
            throw of(action, failed);
        }
    }

    /** Returns the error of a failed access to a file, with the action and the cause. */
    public static UserError of(String action, IOException cause) {
        return new UserError(action + ": " + reason(cause));
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NoSuchFileException) {
            return "it does not exist";
        }
        if (cause instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        String message = cause instanceof FileSystemException file ? file.getReason() : cause.getMessage();
        return Objects.requireNonNullElse(message, cause.toString());
    }
}
