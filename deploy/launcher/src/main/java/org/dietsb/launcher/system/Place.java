package org.dietsb.launcher.system;

import java.net.URI;

/**
 * Where a service listens.
 *
 * @param base address of its REST interface
 * @param management address of its health and metrics
 * @param words the address for people
 * @param remedy what to do if nothing answers
 */
record Place(URI base, URI management, String words, String remedy) {
    /** Returns the place of a service of this machine. */
    static Place here(Ports.Pair ports) {
        URI base = local(ports.rest());
        return new Place(base, local(ports.management()), base.toString(), "start the system with dietsb up");
    }

    /**
     * Returns the place of a service whose ports are forwarded to this machine.
     *
     * @param release the release that it belongs to, in words
     */
    static Place forwarded(Ports.Pair ports, String release, String remedy) {
        URI base = local(ports.rest());
        return new Place(base, local(ports.management()), base + ", forwarded to " + release, remedy);
    }

    private static URI local(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
