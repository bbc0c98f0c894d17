package org.dietsb.launcher;

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
}
