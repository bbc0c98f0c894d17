package org.dietsb.launcher.system;

import org.dietsb.launcher.text.UserError;

/** The service has no such resource. */
final class Missing extends UserError {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
        super(message);
    }
}
