package org.dietsb.launcher.system;

/** Knows when a service that died is back. */
interface Keeper {
    /** Waits until this service may be asked. */
    void awaitReady(String name);

    /** Whether to ask again after that many failures. */
    boolean mayComeBack(int failures);
}
