package org.dietsb.launcher.machine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of where the system is on this machine; each port can be set in the environment too. */
public final class MachineOptions {
    @Option(
            names = "--broker-port",
            paramLabel = "PORT",
            defaultValue = "${env:DIETSB_BROKER_PORT:-9092}",
            description = "port of Kafka, or DIETSB_BROKER_PORT; default 9092")
    int brokerPort;

    @Option(
            names = "--trainer-port",
            paramLabel = "PORT",
            defaultValue = "${env:DIETSB_TRAINER_PORT:-8081}",
            description = "port of the trainer, or DIETSB_TRAINER_PORT; default 8081")
    int trainerPort;

    @Option(
            names = "--selector-port",
            paramLabel = "PORT",
            defaultValue = "${env:DIETSB_SELECTOR_PORT:-8082}",
            description = "port of the selector, or DIETSB_SELECTOR_PORT; default 8082")
    int selectorPort;

    @Option(
            names = "--scorer-port",
            paramLabel = "PORT",
            defaultValue = "${env:DIETSB_SCORER_PORT:-8083}",
            description = "port of the scorer, or DIETSB_SCORER_PORT; default 8083")
    int scorerPort;

    /** Folder of logs, datasets, models and Kafka's data: DIETSB_HOME, or ~/.dietsb. */
    Path home() {
        String named = System.getenv("DIETSB_HOME");
        return named == null || named.isBlank()
                ? Path.of(System.getProperty("user.home"), ".dietsb")
                : Path.of(named).toAbsolutePath();
    }

    /** Folder of the checkout, where the services were built. */
    Path root() {
        @Nullable String named = System.getProperty("dietsb.root");
        if (named == null) {
            throw new Failure("dietsb.root is not set: start this with deploy/dietsb");
        }
        return Path.of(named);
    }

    int port(Program program) {
        return switch (program) {
            case TRAINER -> trainerPort;
            case SELECTOR -> selectorPort;
            case SCORER -> scorerPort;
        };
    }

    public Rest rest(Program program) {
        return new Rest(program.label(), port(program));
    }
}
