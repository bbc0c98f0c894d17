package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a split. Decoded ones are kept in a {@link DecodedFile} whose name is a checksum of what they are decoded from: the
 * content of all files in order, and the size. It appears complete or not at all; a truncated or modified one is written again. Of a
 * split that would take more than {@link PictureRules#mostDecoded}, only the unreadable files are kept there, and pictures are decoded
 * whenever they are used.
 */
final class DecodedImages {
    private static final Logger LOG = Logger.getLogger(DecodedImages.class);
    private static final int CHANNELS = 3;

    private final Path split;
    private final PictureIndex index;
    private final PictureFiles files;
    private final PictureRules rules;
    private final Path cache;
    private final int bytesOfOne;
    /** Whether decoded pictures are kept. */
    private final boolean kept;

    private DecodedImages(PictureIndex index, PictureRules rules, Path cache) {
        this.split = index.split();
        this.index = index;
        this.files = new PictureFiles(index, rules.side());
        this.rules = rules;
        this.cache = cache;
        this.bytesOfOne = CHANNELS * rules.side() * rules.side();
        this.kept = (long) index.count() * bytesOfOne <= rules.mostDecoded();
    }

    /**
     * The pictures of a split.
     *
     * @param skipped number of files that are left out
     * @param content checksum of what they are decoded from
     */
    record Split(ImageSet images, int skipped, String content) {}

    /**
     * Opens the pictures of a split, from the cache if possible.
     *
     * @param facts receives all pictures in order if they are decoded now
     */
    static Split open(PictureWalk walk, PictureRules rules, Path cache, @Nullable PixelFacts facts)
            throws DatasetException {
        return new DecodedImages(walk.index(), rules, cache).open(walk.classes(), facts);
    }

    private Split open(List<String> classes, @Nullable PixelFacts facts) throws DatasetException {
        try {
            Files.createDirectories(cache);
        } catch (IOException failed) {
            throw Reasons.unwritable(cache, failed);
        }
        ContentChecksums content =
                new SplitContent(files, seen(), start(), this::refuse, Instant.now(), SplitContent.SAMPLE).compute();
        DecodedFile decoded = mapped(content.ofSplit());
        if (decoded == null) {
            content = write(facts);
            decoded = mapped(content.ofSplit());
        }
        if (decoded == null) {
            throw new DatasetException(
                    file(content.ofSplit()) + " cannot be read back as it was written: check its disk");
        }
        return checked(decoded, content, classes);
    }

    private Path seen() throws DatasetException {
        try {
            return SeenFiles.of(cache, split);
        } catch (IOException unreadable) {
            throw Reasons.unreadable(split, unreadable);
        }
    }

    private Split checked(DecodedFile decoded, ContentChecksums content, List<String> classes) throws DatasetException {
        BitSet isBad = new BitSet();
        for (DecodedFile.Bad bad : decoded.bad()) {
            refuse(bad.index(), bad.reason());
            isBad.set(bad.index());
        }
        int[] fileOf =
                IntStream.range(0, index.count()).filter(i -> !isBad.get(i)).toArray();
        int[] labels = new int[fileOf.length];
        BitSet has = new BitSet();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = index.label(fileOf[i]);
            has.set(labels[i]);
        }
        int empty = has.nextClearBit(0);
        if (empty < classes.size()) {
            throw new DatasetException(split.resolve(classes.get(empty)) + " has no picture"
                    + (isBad.isEmpty() ? "" : " that can be read"));
        }
        if (!isBad.isEmpty()) {
            LOG.warnf(
                    "%d files of %s are left out: %s",
                    isBad.cardinality(),
                    split,
                    ImageFolder.some(decoded.bad().stream()
                            .map(bad -> index.path(bad.index()) + " " + bad.reason())
                            .toList()));
        }
        Pixels pixels =
                kept ? decoded.pixels() : new StreamedPixels(files, isBad.isEmpty() ? null : fileOf, content.starts());
        int side = rules.side();
        ImageSet images = new ImageSet(labels.length, CHANNELS, side, side, pixels, labels);
        return new Split(images, isBad.cardinality(), content.ofSplit());
    }

    private void refuse(int file, String reason) throws DatasetException {
        if (rules.onBad() == OnBadPicture.FAIL) {
            throw new DatasetException(
                    index.file(file) + " " + reason + " (--on-bad-picture skip leaves such files out)");
        }
    }

    private Path file(String content) {
        return cache.resolve(content + (kept ? ".images" : ".checked"));
    }

    /** Returns what the checksum of the content begins with. */
    private String start() {
        return DecodedFile.MAGIC + "\n" + rules.side() + "\n";
    }

    /** Returns null if there is no such file, or if it is truncated or modified. */
    private @Nullable DecodedFile mapped(String content) throws DatasetException {
        Path file = file(content);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            DecodedFile decoded = DecodedFile.map(file, index.count(), bytesOfOne);
            if (decoded == null) {
                LOG.warnf("%s is truncated or modified; decoding again", file);
            }
            return decoded;
        } catch (IOException unreadable) {
            throw Reasons.unreadable(file, unreadable);
        }
    }

    /** Decodes all pictures to a file, and returns the checksums of what they were decoded from. */
    private ContentChecksums write(@Nullable PixelFacts facts) throws DatasetException {
        int side = rules.side();
        if (kept) {
            LOG.infof("Decoding %d pictures of %s to %d x %d, once", index.count(), split, side, side);
        } else {
            LOG.infof(
                    "Checking %d pictures of %s, once: decoded to %d x %d, they take %d bytes, which is more than are kept"
                            + " (%d), so they are decoded again in each epoch",
                    index.count(), split, side, side, (long) index.count() * bytesOfOne, rules.mostDecoded());
        }
        try {
            requireSpace();
            Path unfinished = Files.createTempFile(cache, ".decoding", "");
            try {
                ContentChecksums content = write(unfinished, facts);
                Files.move(unfinished, file(content.ofSplit()), StandardCopyOption.ATOMIC_MOVE);
                return content;
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            throw Reasons.unwritable(cache, failed);
        }
    }

    private void requireSpace() throws IOException, DatasetException {
        long needed = kept ? (long) index.count() * bytesOfOne : 0;
        long usable = Files.getFileStore(cache).getUsableSpace();
        // Some file systems report 0 whatever is free.
        if (usable > 0 && usable < needed) {
            throw new DatasetException("no space left on " + cache + ": the pictures of " + split + " take " + needed
                    + " bytes at " + rules.side() + " x " + rules.side() + ", " + usable + " are free");
        }
    }

    private ContentChecksums write(Path file, @Nullable PixelFacts facts) throws DatasetException, IOException {
        ContentChecksums content = new ContentChecksums(start(), index.count());
        int chunk = (int) Math.max(1, Math.min(PictureFiles.CHUNK, Heap.most() / 2 / bytesOfOne));
        try (DecodedFile.Writer out = new DecodedFile.Writer(file)) {
            for (int from = 0; from < index.count(); from += chunk) {
                PictureFiles.Item[] items = files.chunk(from, chunk);
                for (int i = 0; i < items.length; i++) {
                    content.add(items[i].checksum());
                    byte[] pixels = items[i].pixels();
                    if (pixels == null) {
                        String reason = String.valueOf(items[i].reason());
                        refuse(from + i, reason);
                        out.addBad(from + i, reason);
                    } else {
                        keep(pixels, out, facts);
                    }
                }
                logProgress(from, chunk);
            }
            out.finish();
        }
        return content;
    }

    private void keep(byte[] pixels, DecodedFile.Writer out, @Nullable PixelFacts facts) throws IOException {
        if (kept) {
            out.add(pixels);
        }
        if (facts != null) {
            facts.add(pixels);
        }
    }

    /** Logs each tenth, if there are many pictures. */
    private void logProgress(int from, int chunk) {
        int all = index.count();
        int tenth = Math.max(5_000, all / 10);
        int end = from + chunk;
        if (end < all && from / tenth < end / tenth) {
            LOG.infof("%d of %d pictures of %s are decoded", end, all, split);
        }
    }
}
