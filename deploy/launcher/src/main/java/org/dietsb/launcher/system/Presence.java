package org.dietsb.launcher.system;

/** The state of the place where a service should listen. */
sealed interface Presence {
    /** The service listens and is ready. */
    record Ready() implements Presence {}

    /** The service listens but is not ready. */
    record NotReady(String why) implements Presence {}

    /** Another program listens. */
    record Stranger() implements Presence {}

    /** No program listens. */
    record Nothing() implements Presence {}

    /**
     * Describes it.
     *
     * @param name of the service
     * @param place its address
     */
    default String words(String name, String place) {
        if (this instanceof Stranger) {
            return "the program at " + place + " is not the " + name;
        }
        return name + " at " + place
                + (this instanceof NotReady notReady
                        ? " is not ready (" + notReady.why() + ")"
                        : this instanceof Ready ? " is ready" : " is not running");
    }
}
