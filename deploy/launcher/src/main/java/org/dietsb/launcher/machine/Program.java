package org.dietsb.launcher.machine;

import java.util.Locale;

/**
 * A service of the system.
 *
 * <p>Its {@code landmark} is a path that answers with a JSON list as soon as the service listens, ready or not: what
 * listens on the port but does not answer there is something else.
 */
public enum Program {
    TRAINER("/datasets", "-Xmx2g"),
    SELECTOR("/policies", "-Xmx256m"),
    SCORER("/score-sets", "-Xmx256m");

    private final String landmark;
    private final String heap;

    Program(String landmark, String heap) {
        this.landmark = landmark;
        this.heap = heap;
    }

    String landmark() {
        return landmark;
    }

    String heap() {
        return heap;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
