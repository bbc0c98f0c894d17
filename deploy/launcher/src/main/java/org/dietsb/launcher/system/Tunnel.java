package org.dietsb.launcher.system;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** The way from this machine to the services of a release in a cluster, and its token. */
final class Tunnel implements AutoCloseable {
    private final Release release;
    private final List<PodForward> forwards = new ArrayList<>();
    private final Services services;

    private Tunnel(Release release, @Nullable String token) {
        this.release = release;
        this.services = new Services(forward("trainer", token), forward("selector", token), forward("scorer", token));
    }

    /** Finds the release, and its token unless another one is given. */
    static Tunnel to(Cluster cluster, Access access) {
        Release release = cluster.find();
        String given = access.named();
        return new Tunnel(release, given == null ? tokenOf(release) : given);
    }

    private static @Nullable String tokenOf(Release release) {
        try {
            return release.token().orElse(null);
        } catch (UserError hidden) {
            // Reading may need no token.
            System.err.println("dietsb: no token: " + hidden.getMessage()
                    + "; give one with DIETSB_TOKEN or --token if the services ask for it");
            return null;
        }
    }

    private Rest forward(String service, @Nullable String token) {
        PodForward forward = new PodForward(release, service);
        forwards.add(forward);
        return forward.rest(token);
    }

    Services services() {
        return services;
    }

    /** Counts the trainers that are ready, which train as many runs at a time. */
    int trainers() {
        return release.trainers();
    }

    /** Returns the release in words. */
    String words() {
        return release.words();
    }

    @Override
    public void close() {
        forwards.forEach(PodForward::close);
    }
}
