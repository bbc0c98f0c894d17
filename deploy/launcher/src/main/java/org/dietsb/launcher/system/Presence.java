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
}
