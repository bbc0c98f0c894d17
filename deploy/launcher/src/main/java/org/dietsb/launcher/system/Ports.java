package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.WrongUsage;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the system listens on this machine, and what lets in there. */
public final class Ports {
    @Option(names = "--broker-port", defaultValue = "9092", description = "Kafka's port (default ${DEFAULT-VALUE})")
    public int broker = 9092;

    @Option(names = "--trainer-port", defaultValue = "8081", description = "trainer's port (default ${DEFAULT-VALUE})")
    public int trainer = 8081;

    @Option(
            names = "--selector-port",
            defaultValue = "8082",
            description = "selector's port (default ${DEFAULT-VALUE})")
    public int selector = 8082;

    @Option(names = "--scorer-port", defaultValue = "8083", description = "scorer's port (default ${DEFAULT-VALUE})")
    public int scorer = 8083;

    @Option(
            names = "--trainer-management-port",
            description = "where the trainer tells its health and metrics (default: its port + 1000)")
    @Nullable
    public Integer trainerManagement;

    @Option(names = "--selector-management-port", description = "likewise")
    @Nullable
    public Integer selectorManagement;

    @Option(names = "--scorer-management-port", description = "likewise")
    @Nullable
    public Integer scorerManagement;

    @Mixin
    public Access access = new Access();

    public Rest trainer() {
        return new Rest("trainer", trainer, trainerManagement(), access.token());
    }

    public Rest selector() {
        return new Rest("selector", selector, selectorManagement(), access.token());
    }

    public Rest scorer() {
        return new Rest("scorer", scorer, scorerManagement(), access.token());
    }

    public int trainerManagement() {
        return management(trainer, trainerManagement);
    }

    public int selectorManagement() {
        return management(selector, selectorManagement);
    }

    public int scorerManagement() {
        return management(scorer, scorerManagement);
    }

    private static int management(int port, @Nullable Integer named) {
        return named == null ? port + 1_000 : named;
    }

    /** Every port by its option, without the dashes. */
    Map<String, Integer> byOption() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("broker-port", broker);
        ports.put("trainer-port", trainer);
        ports.put("selector-port", selector);
        ports.put("scorer-port", scorer);
        ports.put("trainer-management-port", trainerManagement());
        ports.put("selector-management-port", selectorManagement());
        ports.put("scorer-management-port", scorerManagement());
        return ports;
    }

    /** Refuses what is no port, and one port for two. */
    public void check() {
        Map<Integer, String> taken = new HashMap<>();
        access.check();
        byOption().forEach((option, port) -> check("--" + option, port, taken));
    }

    private static void check(String option, int port, Map<Integer, String> taken) {
        WrongUsage.unless(port >= 1 && port <= 65_535, option, port, "[1, 65535]");
        String other = taken.put(port, option);
        if (other != null) {
            throw new WrongUsage(option + " is " + port + ", allowed is another than that of " + other);
        }
    }
}
