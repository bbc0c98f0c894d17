package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of 64 kB in memory on a folder. Only root can mount one; the test is skipped otherwise. */
final class SmallDisk implements AutoCloseable {
    private static final int BYTES = 64 << 10;

    private final Path folder;

    SmallDisk(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "none", folder.toString()))
                .as("a small disk can be mounted")
                .isTrue();
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    Path filling() {
        return folder.resolve("filling");
    }

    void fill() throws IOException {
        int free = (int) Files.getFileStore(folder).getUsableSpace();
        Files.write(filling(), new byte[free]);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        succeeds("umount", folder.toString());
    }
}
