package org.dietsb.bench.start;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dietsb.launcher.text.UserError;

/**
 * A checkout of the project that has been built.
 *
 * @param root its top folder
 */
record Build(Path root) {
    /** Checks that it is one. */
    Build {
        root = root.toAbsolutePath().normalize();
        if (!Files.isRegularFile(launcher(root))) {
            throw new UserError(
                    launcher(root) + " is missing: build it with " + root.resolve("deploy/dietsb") + " --version");
        }
    }

    private static Path launcher(Path root) {
        return root.resolve("deploy/launcher/target/launcher.jar");
    }

    Path launcher() {
        return launcher(root);
    }
}
