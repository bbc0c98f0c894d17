package org.dietsb.launcher.command;

import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts broker and services and keeps them up until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Start broker, trainer, selector and scorer on this machine; Ctrl-C stops them all.")
public final class UpCommand implements Callable<Integer> {
    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        ports.check();
        trainers.check();
        try (LocalSystem system = LocalSystem.started(ports, trainers)) {
            System.out.printf(
                    "Up: Kafka 127.0.0.1:%d, trainer %s, selector %s, scorer %s%n"
                            + "Control room: %s%n"
                            + "API at /q/openapi of each; metrics at %s/q/metrics, %s/q/metrics, %s/q/metrics%n"
                            + "Writing takes the token in %s. Ctrl-C stops all.%n",
                    ports.broker,
                    system.trainer.base(),
                    system.selector.base(),
                    system.scorer.base(),
                    system.selector.base(),
                    system.trainer.management(),
                    system.selector.management(),
                    system.scorer.management(),
                    ports.access.source());
            while (true) {
                system.mustBeAlive();
                LocalSystem.pause(300);
            }
        }
    }
}
