package org.dietsb.trainer.dataset;

/** A picture of an open dataset can no longer be read, or has other content. The message is one line that names the file. */
public final class PictureLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PictureLostException(String message) {
        super(message);
    }
}
