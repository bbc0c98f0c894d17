package org.dietsb.trainer.dataset;

/** A dataset cannot be opened. The message is one line with the reason, the file and, if it helps, the offset. */
public final class DatasetException extends Exception {
    private static final long serialVersionUID = 1L;

    DatasetException(String message) {
        super(message);
    }

    DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
