package org.dietsb.launcher.system;

import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/** Counts how often Ctrl-C was pressed. The first press ends this process as usual, with its hooks; Java ignores the others. */
final class CtrlC {
    private static final int EXIT_CODE = 130;

    private final AtomicInteger presses = new AtomicInteger();

    /** Begins to count. A process that was started in the background, where Ctrl-C is ignored, goes on ignoring it. */
    void listen() {
        Signal.handle(new Signal("INT"), signal -> {
            if (presses.incrementAndGet() == 1) {
                System.exit(EXIT_CODE);
            }
        });
    }

    int presses() {
        return presses.get();
    }
}
