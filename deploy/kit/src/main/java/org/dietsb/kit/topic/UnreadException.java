package org.dietsb.kit.topic;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A topic cannot be read, or written, now. A request that needs it is answered with status 503, and may be sent again. */
public final class UnreadException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message for callers. */
    public UnreadException(String message) {
        super(message);
    }

    /** Creates one with a message for callers, and its cause for the log. */
    public UnreadException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns this as an unchecked exception. */
    public UncheckedIOException unchecked() {
        return new UncheckedIOException(this);
    }
}
