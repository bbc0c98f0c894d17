package org.dietsb.launcher.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.UserError;

/** Keeps two systems out of one folder. The lock file names its holder; a killed holder leaves it filled but unlocked. */
final class HomeLock implements AutoCloseable {
    private final FileChannel file;
    private final boolean lastWasKilled;

    private HomeLock(FileChannel file, boolean lastWasKilled) {
        this.file = file;
        this.lastWasKilled = lastWasKilled;
    }

    /** Locks the folder for this process, which is going to listen on these ports. */
    static HomeLock take(Home home, Ports ports) {
        Path path = home.folder().resolve("lock");
        return UserError.onFailure("cannot lock " + path, () -> {
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            ByteBuffer content = ByteBuffer.allocate(1000);
            file.read(content, 0);
            String holder = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
            FileLock lock = file.tryLock();
            if (lock == null) {
                file.close();
                throw new UserError(home.folder() + " is in use by " + holder
                        + ": use that system with its ports, stop it, or set DIETSB_HOME to another folder");
            }
            String self = Format.text(
                    "dietsb, process %d (--broker-port %d --trainer-port %d --selector-port %d --scorer-port %d)",
                    ProcessHandle.current().pid(), ports.broker, ports.trainer, ports.selector, ports.scorer);
            file.truncate(0);
            file.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
            return new HomeLock(file, !holder.isEmpty());
        });
    }

    /** Whether the previous holder was killed; processes that it started may still be ending. */
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
