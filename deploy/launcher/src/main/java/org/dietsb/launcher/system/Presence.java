package org.dietsb.launcher.system;

/** What is found where a service should listen. */
sealed interface Presence {
    /** The service, which can be used. */
    record Ready() implements Presence {}

    /** The service, and why it cannot be used yet. */
    record NotReady(String why) implements Presence {}

    /** Something that is not this service. */
    record Stranger() implements Presence {}

    record Nothing() implements Presence {}
}
