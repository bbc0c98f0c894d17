package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The decoded pictures of a split, kept in a {@link DecodedFile} whose name is a checksum of what they are decoded from: the content
 * of all files in order, and the size. It appears complete or not at all; a truncated or modified one is written again.
 */
final class DecodedImages {
    private static final Logger LOG = Logger.getLogger(DecodedImages.class);
    private static final int CHANNELS = 3;
    /** Number of files that are read in parallel. */
    private static final int CHUNK = 256;

    private final Path split;
    private final List<PictureWalk.Example> examples;
    private final PictureRules rules;
    private final Path cache;
    private final int bytesOfOne;
    private final DecodingMemory ofFiles = new DecodingMemory(Heap.most());
    private final DecodingMemory ofPixels = new DecodingMemory(Heap.most());

    private DecodedImages(Path split, List<PictureWalk.Example> examples, PictureRules rules, Path cache) {
        this.split = split;
        this.examples = examples;
        this.rules = rules;
        this.cache = cache;
        this.bytesOfOne = CHANNELS * rules.side() * rules.side();
    }

    /** The pictures of a split, and the number of files that are left out. */
    record Split(ImageSet images, int skipped) {}

    /** What was read of a file: the checksum of its content, its pixels if they were asked for, or the reason why there are none. */
    private record Item(
            byte[] checksum,
            byte @Nullable [] pixels,
            @Nullable String reason) {}

    /** Opens the pictures of a split, from the cache if possible. */
    static Split open(Path split, PictureWalk walk, PictureRules rules, Path cache) throws DatasetException {
        return new DecodedImages(split, walk.examples(), rules, cache).open(walk.classes());
    }

    private Split open(List<String> classes) throws DatasetException {
        try {
            Files.createDirectories(cache);
        } catch (IOException failed) {
            throw Reasons.unwritable(cache, failed);
        }
        SplitStamp stamp = SplitStamp.of(split, examples, rules.side());
        String seen = stamp == null ? null : stamp.recall(cache);
        DecodedFile decoded = seen == null ? null : mapped(seen);
        if (decoded == null) {
            String content = content();
            decoded = mapped(content);
            if (decoded == null) {
                content = write();
                decoded = mapped(content);
            }
            if (decoded == null) {
                throw new DatasetException(file(content) + " cannot be read back as it was written: check its disk");
            }
            if (stamp != null) {
                stamp.remember(cache, content);
            }
        }
        return checked(decoded, classes);
    }

    private Split checked(DecodedFile decoded, List<String> classes) throws DatasetException {
        BitSet isBad = new BitSet();
        for (DecodedFile.Bad bad : decoded.bad()) {
            refuse(bad.index(), bad.reason());
            isBad.set(bad.index());
        }
        int[] labels = IntStream.range(0, examples.size())
                .filter(i -> !isBad.get(i))
                .map(i -> examples.get(i).label())
                .toArray();
        BitSet has = new BitSet();
        IntStream.of(labels).forEach(has::set);
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
                            .map(bad -> examples.get(bad.index()).path() + " " + bad.reason())
                            .toList()));
        }
        int side = rules.side();
        return new Split(
                new ImageSet(labels.length, CHANNELS, side, side, decoded.pixels(), labels), isBad.cardinality());
    }

    private void refuse(int index, String reason) throws DatasetException {
        if (rules.onBad() == OnBadPicture.FAIL) {
            throw new DatasetException(split.resolve(examples.get(index).path()) + " " + reason
                    + " (--on-bad-picture skip leaves such files out)");
        }
    }

    private Path file(String content) {
        return cache.resolve(content + ".images");
    }

    private MessageDigest digest() {
        MessageDigest digest = Sha256.digest();
        digest.update((DecodedFile.MAGIC + "\n" + rules.side() + "\n").getBytes(StandardCharsets.UTF_8));
        return digest;
    }

    /** Returns the checksum of what the pictures are decoded from. */
    private String content() throws DatasetException {
        MessageDigest content = digest();
        for (int from = 0; from < examples.size(); from += CHUNK) {
            for (Item item : items(from, false)) {
                content.update(item.checksum);
            }
        }
        return Sha256.hex(content);
    }

    /** Reads a chunk of files in parallel; refuses the first bad one, unless bad ones are left out. */
    private List<Item> items(int from, boolean decode) throws DatasetException {
        Item[] items = new Item[Math.min(CHUNK, examples.size() - from)];
        IntStream.range(0, items.length).parallel().forEach(i -> items[i] = item(examples.get(from + i), decode));
        for (int i = 0; i < items.length; i++) {
            String reason = items[i].reason;
            if (reason != null) {
                refuse(from + i, reason);
            }
        }
        return List.of(items);
    }

    private Item item(PictureWalk.Example example, boolean decode) {
        Path file = split.resolve(example.path());
        long taken = ofFiles.take(file.toFile().length());
        byte[] checksum = null;
        try {
            if (example.label() == PictureWalk.NO_CLASS) {
                throw new BadPicture("is in no folder of a class");
            }
            EncodedPicture picture = EncodedPicture.read(file, ofFiles.most());
            checksum = Sha256.digest().digest(picture.bytes());
            return new Item(checksum, decode ? Picture.decode(picture, rules.side(), ofPixels) : null, null);
        } catch (BadPicture bad) {
            byte[] why = Sha256.digest().digest(bad.reason().getBytes(StandardCharsets.UTF_8));
            return new Item(checksum == null ? why : checksum, null, bad.reason());
        } finally {
            ofFiles.giveBack(taken);
        }
    }

    /** Returns null if there is no such file, or if it is truncated or modified. */
    private @Nullable DecodedFile mapped(String content) throws DatasetException {
        Path file = file(content);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            DecodedFile decoded = DecodedFile.map(file, examples.size(), bytesOfOne);
            if (decoded == null) {
                LOG.warnf("%s is truncated or modified; decoding again", file);
            }
            return decoded;
        } catch (IOException unreadable) {
            throw Reasons.unreadable(file, unreadable);
        }
    }

    /** Decodes all pictures to a file, and returns the checksum of what they were decoded from. */
    private String write() throws DatasetException {
        int side = rules.side();
        LOG.infof("Decoding %d pictures of %s to %d x %d, once", examples.size(), split, side, side);
        try {
            requireSpace();
            Path unfinished = Files.createTempFile(cache, ".decoding", "");
            try {
                String content = write(unfinished);
                Files.move(unfinished, file(content), StandardCopyOption.ATOMIC_MOVE);
                return content;
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            throw Reasons.unwritable(cache, failed);
        }
    }

    private void requireSpace() throws IOException, DatasetException {
        long needed = (long) examples.size() * bytesOfOne;
        long usable = Files.getFileStore(cache).getUsableSpace();
        // Some file systems report 0 whatever is free.
        if (usable > 0 && usable < needed) {
            throw new DatasetException("no space left on " + cache + ": the pictures of " + split + " take " + needed
                    + " bytes at " + rules.side() + " x " + rules.side() + ", " + usable + " are free");
        }
    }

    private String write(Path file) throws DatasetException, IOException {
        MessageDigest content = digest();
        try (DecodedFile.Writer out = new DecodedFile.Writer(file)) {
            for (int from = 0; from < examples.size(); from += CHUNK) {
                List<Item> items = items(from, true);
                for (int i = 0; i < items.size(); i++) {
                    Item item = items.get(i);
                    content.update(item.checksum);
                    if (item.pixels != null) {
                        out.add(item.pixels);
                    } else {
                        out.addBad(from + i, String.valueOf(item.reason));
                    }
                }
                logProgress(from);
            }
            out.finish();
        }
        return Sha256.hex(content);
    }

    /** Logs each tenth, if there are many pictures. */
    private void logProgress(int from) {
        int all = examples.size();
        int tenth = Math.max(20 * CHUNK, all / 10);
        int end = from + CHUNK;
        if (end < all && from / tenth < end / tenth) {
            LOG.infof("%d of %d pictures of %s are decoded", end, all, split);
        }
    }
}
