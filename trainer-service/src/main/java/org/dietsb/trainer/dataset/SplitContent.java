package org.dietsb.trainer.dataset;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Computes what a split contains. A file is read again unless its state is the one that was noted when it was last read, and a
 * random sample of about {@value #SAMPLE} files is read again all the same: if one of them has other content than noted, all files are
 * read.
 */
final class SplitContent {
    /** Expected number of unchanged files that are read again; all, if there are fewer. */
    static final int SAMPLE = 256;

    private static final Logger LOG = Logger.getLogger(SplitContent.class);

    private final PictureFiles files;
    private final PictureIndex index;
    private final Path seen;
    private final FileState.Reader states;
    private final RandomStream draws;
    private final int every;

    private final ContentChecksums checksums;
    private final Refusal refusal;
    private int read;

    /** Refuses a file that is no readable picture, unless such files are left out. */
    interface Refusal {
        void refuse(int file, String reason) throws DatasetException;
    }

    /**
     * Prepares to read.
     *
     * @param seen the file of {@link SeenFiles}
     * @param start what the checksum of the split begins with
     * @param sample expected number of unchanged files to read again
     */
    SplitContent(PictureFiles files, Path seen, String start, Refusal refusal, Instant now, int sample) {
        this.files = files;
        this.index = files.index();
        this.seen = seen;
        this.refusal = refusal;
        this.states = new FileState.Reader(now);
        this.draws = RandomStream.of("sample", now.toEpochMilli());
        this.every = sample == 0 ? Integer.MAX_VALUE : Math.max(1, index.count() / sample);
        this.checksums = new ContentChecksums(start, index.count());
    }

    /** Number of files that were read. */
    int read() {
        return read;
    }

    /** Computes the checksums, and notes them for the next time. */
    ContentChecksums compute() throws DatasetException {
        if (!pass(true)) {
            read = 0;
            boolean unused = pass(false);
        }
        return checksums;
    }

    /** What is known of a file before it is read. */
    private record Known(long key, @Nullable FileState state, byte @Nullable [] checksum) {}

    /** Returns false if a file has other content than noted, although its state is the same. */
    private boolean pass(boolean believe) throws DatasetException {
        checksums.clear();
        try (SeenFiles.Reader before = new SeenFiles.Reader(seen);
                SeenFiles.Writer now = new SeenFiles.Writer(seen)) {
            for (int from = 0; from < index.count(); from += PictureFiles.CHUNK) {
                Known[] known = known(from, believe ? before : null);
                PictureFiles.Item[] items = items(from, known);
                for (int i = 0; i < known.length; i++) {
                    Known one = known[i];
                    PictureFiles.Item item = items[i];
                    if (one.checksum != null && !MessageDigest.isEqual(one.checksum, item.checksum())) {
                        LOG.warnf(
                                "%s has changed, which its time of change does not show; reading all files again",
                                index.file(from + i));
                        return false;
                    }
                    checksums.add(item.checksum());
                    String reason = item.reason();
                    if (reason != null) {
                        refusal.refuse(from + i, reason);
                    } else if (one.state != null) {
                        now.add(one.key, one.state, item.checksum());
                    }
                }
            }
            now.finish();
            return true;
        }
    }

    private Known[] known(int from, SeenFiles.@Nullable Reader before) {
        Known[] known = new Known[Math.min(PictureFiles.CHUNK, index.count() - from)];
        IntStream.range(0, known.length).parallel().forEach(i -> {
            String path = index.path(from + i);
            known[i] = new Known(PictureIndex.key(path), states.of(index.split().resolve(path)), null);
        });
        for (int i = 0; i < known.length; i++) {
            Known one = known[i];
            if (before != null && one.state != null) {
                known[i] = new Known(one.key, one.state, before.find(one.key, one.state));
            }
        }
        return known;
    }

    private PictureFiles.Item[] items(int from, Known[] known) {
        boolean[] isRead = new boolean[known.length];
        PictureFiles.Item[] items = new PictureFiles.Item[known.length];
        IntStream.range(0, known.length).parallel().forEach(i -> {
            byte[] checksum = known[i].checksum;
            isRead[i] = checksum == null || Math.floorMod(draws.at(0, from + i), every) == 0;
            items[i] = isRead[i] || checksum == null
                    ? files.read(from + i, false)
                    : new PictureFiles.Item(checksum, null, null);
        });
        for (boolean one : isRead) {
            read += one ? 1 : 0;
        }
        return items;
    }
}
