package org.dietsb.launcher.command;

import java.util.concurrent.Callable;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the broker and the services, and keeps them running until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Start broker, trainer, selector and scorer on this machine; Ctrl-C stops all of them.")
public final class UpCommand implements Callable<Integer> {
    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        try (LocalSystem system = LocalSystem.started(ports, trainers)) {
            System.out.println(Format.text(
                    """
                    Up: Kafka 127.0.0.1:%d, trainer %s, selector %s, scorer %s
                    Control room: %s
                    API at /q/openapi of each; metrics at %s/q/metrics, %s/q/metrics, %s/q/metrics
                    Write access needs the token in %s. Ctrl-C stops all.\
                    """,
                    ports.broker,
                    system.trainer.base(),
                    system.selector.base(),
                    system.scorer.base(),
                    system.selector.base(),
                    system.trainer.management(),
                    system.selector.management(),
                    system.scorer.management(),
                    ports.access.source()));
            while (true) {
                system.mustBeAlive();
                LocalSystem.pause(300);
            }
        }
    }
}
