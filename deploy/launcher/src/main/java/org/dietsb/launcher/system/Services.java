package org.dietsb.launcher.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.launcher.text.UserError;

/** The REST interfaces of the services of a system. */
record Services(Rest trainer, Rest selector, Rest scorer) {
    /** Returns those of a system on this machine. */
    static Services here(Ports ports) {
        return new Services(
                ports.rest("trainer", ports.trainer()),
                ports.rest("selector", ports.selector()),
                ports.rest("scorer", ports.scorer()));
    }

    Stream<Rest> all() {
        return Stream.of(trainer, selector, scorer);
    }

    private Map<Rest, Presence> found() {
        Map<Rest, Presence> found = new LinkedHashMap<>();
        all().forEach(service -> found.put(service, service.presence()));
        return found;
    }

    /** Returns the services that are not ready, in words. */
    List<String> missing() {
        return found().entrySet().stream()
                .filter(one -> !(one.getValue() instanceof Presence.Ready))
                .map(one -> one.getKey().words(one.getValue()))
                .toList();
    }

    /**
     * Returns if nothing listens where these services would.
     *
     * @throws UserError if anything does
     */
    void mustNotRun() {
        Map<Rest, Presence> found = found();
        if (found.values().stream().allMatch(presence -> presence instanceof Presence.Nothing)) {
            return;
        }
        String words = found.entrySet().stream()
                .map(one -> one.getKey().words(one.getValue()))
                .collect(Collectors.joining(", "));
        boolean ready = found.values().stream().allMatch(presence -> presence instanceof Presence.Ready);
        throw new UserError(
                ready
                        ? "the system is running already: " + words
                        : words + ": wait for, start or stop the services named, or choose other ports (see --help)");
    }
}
