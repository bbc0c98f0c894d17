package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps two systems out of one folder. Its file says who is in; who was killed has left it filled, but not locked. */
final class HomeLock implements AutoCloseable {
    private final FileChannel file;
    private final boolean lastWasKilled;

    private HomeLock(FileChannel file, boolean lastWasKilled) {
        this.file = file;
        this.lastWasKilled = lastWasKilled;
    }

    /** Takes the folder for this process, which will listen on these ports. */
    static HomeLock take(Home home, Ports ports) {
        Path path = home.folder().resolve("lock");
        try {
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            ByteBuffer said = ByteBuffer.allocate(1000);
            file.read(said, 0);
            String who = new String(said.array(), 0, said.position(), StandardCharsets.UTF_8);
            FileLock lock = file.tryLock();
            if (lock == null) {
                file.close();
                throw new UserError(home.folder() + " is in use by " + who
                        + ": use that system with its ports, stop it, or set DIETSB_HOME to another folder");
            }
            String me = "dietsb, process %d (--broker-port %d --trainer-port %d --selector-port %d --scorer-port %d)"
                    .formatted(
                            ProcessHandle.current().pid(), ports.broker, ports.trainer, ports.selector, ports.scorer);
            file.truncate(0);
            file.write(ByteBuffer.wrap(me.getBytes(StandardCharsets.UTF_8)), 0);
            return new HomeLock(file, !who.isEmpty());
        } catch (IOException failed) {
            throw new UserError("cannot lock " + path + ": " + failed.getMessage());
        }
    }

    /** Whether who was in before did not leave by itself; what it started may still be ending. */
    boolean lastWasKilled() {
        return lastWasKilled;
    }

    @Override
    public void close() {
        try {
            file.truncate(0);
            file.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
