package org.dietsb.trainer.dataset;

/** A dataset cannot be had; the message is one line that says why, naming the file and, where it helps, the offset. */
public final class DatasetException extends Exception {
    private static final long serialVersionUID = 1L;

    DatasetException(String message) {
        super(message);
    }

    DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
