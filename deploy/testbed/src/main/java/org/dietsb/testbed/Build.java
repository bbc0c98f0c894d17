package org.dietsb.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;

/**
 * A checkout of the project that has been built.
 *
 * @param root its top folder
 */
public record Build(Path root) {
    /** Checks that it is one. */
    public Build {
        root = root.toAbsolutePath().normalize();
        if (!Files.isRegularFile(launcher(root))) {
            throw new UserError(
                    launcher(root) + " is missing: build it with " + root.resolve("deploy/dietsb") + " --version");
        }
    }

    /**
     * Returns the other build that a user names.
     *
     * @throws WrongUsage if there is none
     */
    public static Build against(Path root) {
        Path script = root.resolve("deploy").resolve("dietsb");
        WrongUsage.unless(
                Files.isRegularFile(launcher(root)),
                "--against",
                root,
                "a built checkout; " + script + " --version builds one");
        return new Build(root);
    }

    private static Path launcher(Path root) {
        return root.resolve("deploy/launcher/target/launcher.jar");
    }

    /** Returns the jar of its command. */
    public Path launcher() {
        return launcher(root);
    }
}
