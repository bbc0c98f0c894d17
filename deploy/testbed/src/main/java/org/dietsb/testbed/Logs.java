package org.dietsb.testbed;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Logging of the trainer's classes and the Kafka clients in the JVM of a benchmark. */
public final class Logs {
    private Logs() {}

    /**
     * Writes only warnings, to standard error. Must be called before anything logs: by default the log manager accepts all
     * levels, and formatting the clients' debug messages takes a sixth of their time.
     */
    public static void warningsOnly() {
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
