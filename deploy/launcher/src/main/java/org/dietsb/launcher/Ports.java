package org.dietsb.launcher;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the system listens on this machine. */
final class Ports {
    @Option(names = "--broker-port", defaultValue = "9092", description = "Kafka's port (default ${DEFAULT-VALUE})")
    int broker = 9092;

    @Option(names = "--trainer-port", defaultValue = "8081", description = "trainer's port (default ${DEFAULT-VALUE})")
    int trainer = 8081;

    @Option(
            names = "--selector-port",
            defaultValue = "8082",
            description = "selector's port (default ${DEFAULT-VALUE})")
    int selector = 8082;

    @Option(names = "--scorer-port", defaultValue = "8083", description = "scorer's port (default ${DEFAULT-VALUE})")
    int scorer = 8083;

    /** Refuses what is no port, and one port for two. */
    void check() {
        Map<Integer, String> taken = new HashMap<>();
        check("--broker-port", broker, taken);
        check("--trainer-port", trainer, taken);
        check("--selector-port", selector, taken);
        check("--scorer-port", scorer, taken);
    }

    private static void check(String option, int port, Map<Integer, String> taken) {
        WrongUsage.unless(port >= 1 && port <= 65_535, option, port, "[1, 65535]");
        String other = taken.put(port, option);
        if (other != null) {
            throw new WrongUsage(option + " is " + port + ", allowed is another than that of " + other);
        }
    }
}
