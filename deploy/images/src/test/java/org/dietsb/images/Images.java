package org.dietsb.images;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The images of this build, by service; each is read once. */
final class Images {
    static final String SELECTOR = "selector-service";
    static final String SCORER = "scorer-service";
    static final String TRAINER = "trainer-service";

    private static final Map<String, ImageTar> READ = new TreeMap<>();

    private Images() {}

    static Path folder() {
        return Path.of(property("images.directory"));
    }

    /** The repository's root. */
    static Path root() {
        return Path.of(property("images.root"));
    }

    static Path tar(String service) {
        String suffix = service.equals(TRAINER) ? property("images.trainer-suffix") : "";
        return folder().resolve(service + suffix + ".tar");
    }

    static synchronized ImageTar image(String service) {
        return READ.computeIfAbsent(service, any -> ImageTar.read(tar(service)));
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }
}
