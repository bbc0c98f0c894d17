package org.dietsb.launcher.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.UserError;

/** Keeps two systems out of one folder. The lock file names its holder; a killed holder leaves it filled but unlocked. */
final class HomeLock implements AutoCloseable {
    private static final Pattern PROCESS = Pattern.compile("process (\\d{1,18})");
    private static final Pattern PORT = Pattern.compile("--([a-z-]+-port) (\\d{1,5})");

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
                    "dietsb, process %d (%s)",
                    ProcessHandle.current().pid(),
                    ports.byOption().entrySet().stream()
                            .map(port -> "--" + port.getKey() + " " + port.getValue())
                            .collect(Collectors.joining(" ")));
            file.truncate(0);
            file.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
            return new HomeLock(file, !holder.isEmpty());
        });
    }

    /** Returns the ports of the system that runs in this folder, by option without the dashes; empty if none does. */
    static Map<String, Integer> portsOfHolder(Home home) {
        String holder;
        try {
            holder = Files.readString(home.folder().resolve("lock"));
        } catch (IOException none) {
            return Map.of();
        }
        Matcher process = PROCESS.matcher(holder);
        if (!process.find()
                || ProcessHandle.of(Long.parseLong(process.group(1))).isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> ports = new HashMap<>();
        Matcher port = PORT.matcher(holder);
        while (port.find()) {
            ports.put(port.group(1), Integer.parseInt(port.group(2)));
        }
        return ports;
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
