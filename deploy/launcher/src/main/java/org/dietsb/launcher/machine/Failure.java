package org.dietsb.launcher.machine;

/** Something went wrong that the user can understand; the message is the one line to show. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Failure(String message) {
        super(message);
    }

    public Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
