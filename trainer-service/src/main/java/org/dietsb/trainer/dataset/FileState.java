package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a change of a file shows in: device, inode, size and time of change. No program can set a file's time of change (ctime), unlike
 * its time of modification, which can therefore be left out.
 *
 * @param changed time of change, nanoseconds since 1970
 */
record FileState(long device, long inode, long size, long changed) {

    /** Reads the states of files, and decides which may be relied on. Thread-safe. */
    static final class Reader {
        private static final int SETTLED_SECONDS = 3;
        private static final Set<String> KEEPS_TIMES =
                Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay");

        private final Map<Long, Boolean> keepsTimes = new ConcurrentHashMap<>();
        private final long settled;

        Reader(Instant now) {
            this.settled = nanos(now.minusSeconds(SETTLED_SECONDS));
        }

        private static long nanos(Instant time) {
            return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
        }

        /**
         * Returns the state of a file; null if it cannot be relied on: the last change was within {@value #SETTLED_SECONDS} seconds,
         * so that a later one may bear the same time, or the file system is not known to keep such times.
         */
        @Nullable
        FileState of(Path file) {
            try {
                Map<String, Object> is = Files.readAttributes(file, "unix:dev,ino,size,ctime");
                if (!(is.get("dev") instanceof Long device)
                        || !(is.get("ino") instanceof Long inode)
                        || !(is.get("size") instanceof Long size)
                        || !(is.get("ctime") instanceof FileTime time)) {
                    return null;
                }
                Boolean keeps = keepsTimes.get(device);
                if (keeps == null) {
                    keeps = KEEPS_TIMES.contains(Files.getFileStore(file).type());
                    keepsTimes.put(device, keeps);
                }
                long changed = nanos(time.toInstant());
                return keeps && changed < settled ? new FileState(device, inode, size, changed) : null;
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
                return null;
            }
        }
    }
}
