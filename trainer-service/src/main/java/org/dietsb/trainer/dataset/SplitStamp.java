package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the checksum of the content of a split, so that its files need not all be read again. It holds as long as device, inode,
 * size and time of change of every file are the same. No program can set a file's time of change (ctime), unlike its time of
 * modification. Times within {@value #SETTLED_SECONDS} seconds are not relied on, since a later change may bear the same one, nor is
 * a file system that is not known to keep such times: the files are then read each time.
 *
 * @param files checksum of what the split is recognized by
 */
record SplitStamp(String name, String files) {
    private static final Logger LOG = Logger.getLogger(SplitStamp.class);
    private static final int SETTLED_SECONDS = 3;
    private static final Set<String> KEEPS_TIMES =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay");

    /** Returns the stamp of the files as they are now; null if they cannot be relied on. */
    static @Nullable SplitStamp of(Path split, List<PictureWalk.Example> examples, int side) {
        return of(split, examples, side, Instant.now());
    }

    static @Nullable SplitStamp of(Path split, List<PictureWalk.Example> examples, int side, Instant now) {
        try {
            Instant settled = now.minusSeconds(SETTLED_SECONDS);
            Map<Object, Boolean> keepsTimes = new HashMap<>();
            MessageDigest digest = Sha256.digest();
            for (PictureWalk.Example example : examples) {
                Path file = split.resolve(example.path());
                Map<String, Object> is = Files.readAttributes(file, "unix:dev,ino,size,ctime");
                if (!(is.get("ctime") instanceof FileTime changed)) {
                    return null;
                }
                Boolean keeps = keepsTimes.get(is.get("dev"));
                if (keeps == null) {
                    keeps = KEEPS_TIMES.contains(Files.getFileStore(file).type());
                    keepsTimes.put(is.get("dev"), keeps);
                }
                if (!keeps || changed.toInstant().isAfter(settled)) {
                    return null;
                }
                digest.update(String.join(
                                "\n",
                                example.path(),
                                String.valueOf(is.get("dev")),
                                String.valueOf(is.get("ino")),
                                String.valueOf(is.get("size")),
                                changed.toInstant().toString(),
                                "")
                        .getBytes(StandardCharsets.UTF_8));
            }
            String name = Sha256.hex(DecodedFile.MAGIC + "\n" + side + "\n" + split.toRealPath());
            return new SplitStamp(name, Sha256.hex(digest));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return null;
        }
    }

    /** Returns the checksum of the content if it was remembered for the files as they are now. */
    @Nullable
    String recall(Path cache) {
        try {
            List<String> lines = Files.readAllLines(cache.resolve(name + ".seen"));
            return lines.size() == 2 && lines.get(0).equals(files) ? lines.get(1) : null;
        } catch (IOException none) {
            return null;
        }
    }

    /** Remembers the checksum of the content, which was computed after this stamp. */
    void remember(Path cache, String content) {
        Path file = cache.resolve(name + ".seen");
        try {
            Path unfinished =
                    Files.writeString(Files.createTempFile(cache, ".seen", ""), files + "\n" + content + "\n");
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            LOG.warnf("Cannot write %s: %s", file, failed.getMessage());
        }
    }
}
