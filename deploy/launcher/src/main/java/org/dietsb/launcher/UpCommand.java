package org.dietsb.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts broker and services and keeps them up until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start broker, trainer, selector and scorer on this machine; Ctrl-C stops them all.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        System.out.println("Starting; data and logs are in " + LocalSystem.home());
        try (LocalSystem system = LocalSystem.start(ports)) {
            System.out.printf(
                    "Up: Kafka 127.0.0.1:%d, trainer http://127.0.0.1:%d, selector http://127.0.0.1:%d, scorer http://127.0.0.1:%d%n"
                            + "Metrics at /q/metrics, API at /q/openapi of each. Ctrl-C stops all.%n",
                    ports.broker, ports.trainer, ports.selector, ports.scorer);
            System.err.println("dietsb: " + system.awaitEnd());
            return 1;
        }
    }
}
