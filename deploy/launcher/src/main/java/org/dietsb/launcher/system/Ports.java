package org.dietsb.launcher.system;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Interval;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The ports that the system listens on, and the token that it accepts. */
@Heading("System")
public final class Ports implements Checked {
    private static final String RANGE = "[1, 65535]";

    @Option(names = "--broker-port", paramLabel = "PORT", description = "port of Kafka; default ${DEFAULT-VALUE}")
    public int broker = 9092;

    @Option(
            names = "--trainer-port",
            paramLabel = "PORT",
            description = "port of the trainer; default ${DEFAULT-VALUE}")
    int trainer = 8081;

    @Option(
            names = "--selector-port",
            paramLabel = "PORT",
            description = "port of the selector; default ${DEFAULT-VALUE}")
    int selector = 8082;

    @Option(names = "--scorer-port", paramLabel = "PORT", description = "port of the scorer; default ${DEFAULT-VALUE}")
    int scorer = 8083;

    @Option(
            names = "--trainer-management-port",
            paramLabel = "PORT",
            description = "port of the trainer's health and metrics; default: its port + 1000")
    @Nullable
    Integer trainerManagement;

    @Option(
            names = "--selector-management-port",
            paramLabel = "PORT",
            description = "port of the selector's health and metrics; default: its port + 1000")
    @Nullable
    Integer selectorManagement;

    @Option(
            names = "--scorer-management-port",
            paramLabel = "PORT",
            description = "port of the scorer's health and metrics; default: its port + 1000")
    @Nullable
    Integer scorerManagement;

    @Mixin
    public Access access = new Access();

    /** The ports of a service: of its REST interface, and of its health and metrics. */
    record Pair(int rest, int management) {
        static Pair of(int rest, @Nullable Integer management) {
            return new Pair(rest, management == null ? rest + 1_000 : management);
        }
    }

    Pair trainer() {
        return Pair.of(trainer, trainerManagement);
    }

    Pair selector() {
        return Pair.of(selector, selectorManagement);
    }

    Pair scorer() {
        return Pair.of(scorer, scorerManagement);
    }

    Rest rest(String service, Pair ports) {
        return new Rest(service, Place.here(ports), access.token());
    }

    /** Returns every port by its option, without the dashes. */
    Map<String, Integer> byOption() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        Map<String, Pair> services = new LinkedHashMap<>();
        services.put("trainer", trainer());
        services.put("selector", selector());
        services.put("scorer", scorer());
        ports.put("broker-port", broker);
        services.forEach((service, pair) -> ports.put(service + "-port", pair.rest));
        services.forEach((service, pair) -> ports.put(service + "-management-port", pair.management));
        return ports;
    }

    /** Takes over the ports of the system that runs in this folder, unless options name other ports than the default ones. */
    Ports orOfSystemIn(Home home) {
        if (byOption().equals(new Ports().byOption())) {
            Map<String, Integer> running = HomeLock.portsOfHolder(home);
            broker = running.getOrDefault("broker-port", broker);
            trainer = running.getOrDefault("trainer-port", trainer);
            selector = running.getOrDefault("selector-port", selector);
            scorer = running.getOrDefault("scorer-port", scorer);
            trainerManagement = running.get("trainer-management-port");
            selectorManagement = running.get("selector-management-port");
            scorerManagement = running.get("scorer-management-port");
        }
        return this;
    }

    /** Notes invalid port numbers, and a port that is used twice. */
    @Override
    public void check(Mistakes mistakes) {
        Map<Integer, String> taken = new HashMap<>();
        byOption().forEach((name, port) -> {
            String option = "--" + name;
            // Its default follows from the other port of the service.
            if (mistakes.has(option.replace("-management", ""))) {
                return;
            }
            mistakes.unless(Interval.parse(RANGE).contains(port), option, port, RANGE);
            String other = taken.put(port, option);
            mistakes.unless(other == null, option, port, "any port except that of " + other);
        });
    }
}
