package org.dietsb.bench;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the trainer's classes and the Kafka clients log in a JVM of a benchmark. */
final class Logs {
    private Logs() {}

    /**
     * Warnings alone, on standard error. To be called first: the log manager takes every level at first, and to format the
     * debug messages of the clients costs a sixth of their time.
     */
    static void warningsOnly() {
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %2$s: %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (Handler delayed : root.getHandlers()) {
            root.removeHandler(delayed);
        }
        root.addHandler(new ConsoleHandler());
        root.setLevel(Level.WARNING);
    }
}
