package org.dietsb.launcher.usage;

/** Something the user can mend; the message is one line that says how. */
public class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }
}
