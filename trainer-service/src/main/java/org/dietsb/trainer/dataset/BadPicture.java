package org.dietsb.trainer.dataset;

/** A file is no readable picture. The message is the reason, in one line, to follow the name of the file. */
final class BadPicture extends Exception {
    private static final long serialVersionUID = 1L;

    BadPicture(String reason) {
        super(reason);
    }

    BadPicture(String reason, Throwable cause) {
        super(reason.replaceAll("\\R", " "), cause);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
