package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that were decoded once, in a file that is mapped into memory. Its name is a checksum of what it was made of: the size, and
 * path, length and time of each picture. It holds {@value #MAGIC}, a SHA-256 of the pixels, and the pixels [count, 3, size, size],
 * uint8. It appears whole or not at all; one that is cut or altered is made anew.
 */
final class DecodedImages {
    private static final Logger LOG = Logger.getLogger(DecodedImages.class);

    /** Also the version of what decoding does: other pixels are another file. */
    private static final String MAGIC = "dietsb-1";

    private static final int CHANNELS = 3;
    private static final int CHECKSUM = 32;
    private static final int HEADER = MAGIC.length() + CHECKSUM;

    /** Pictures that are decoded side by side. */
    private static final int CHUNK = 256;

    private DecodedImages() {}

    /** The pictures of a split at a size, from the cache if they are there. */
    static ImageSet open(Path split, List<ImageFolder.Example> examples, int size, Path cache)
            throws DatasetException, IOException {
        Files.createDirectories(cache);
        Path file = cache.resolve(checksum(split, examples, size) + ".images");
        Pixels pixels = mapped(file, examples.size(), size);
        if (pixels == null) {
            write(file, split, examples, size);
            pixels = mapped(file, examples.size(), size);
        }
        if (pixels == null) {
            throw new DatasetException(file + " was written and is not what was written: is its disk whole?");
        }
        int[] labels = examples.stream().mapToInt(ImageFolder.Example::label).toArray();
        return new ImageSet(examples.size(), CHANNELS, size, size, pixels, labels);
    }

    private static String checksum(Path split, List<ImageFolder.Example> examples, int size) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update((MAGIC + "\n" + size + "\n").getBytes(StandardCharsets.UTF_8));
        for (ImageFolder.Example example : examples) {
            Path picture = split.resolve(example.path());
            String line = example.path() + "\n" + Files.size(picture) + "\n"
                    + Files.getLastModifiedTime(picture).toMillis() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Null where there is no such file, or not as it was written. */
    private static @Nullable Pixels mapped(Path file, int count, int size) throws IOException {
        int bytesOfOne = CHANNELS * size * size;
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            boolean whole = channel.size() == HEADER + (long) count * bytesOfOne
                    && channel.read(header, 0) == HEADER
                    && new String(header.array(), 0, MAGIC.length(), StandardCharsets.UTF_8).equals(MAGIC);
            if (whole) {
                Pixels pixels = new MappedPixels(channel, HEADER, count, bytesOfOne);
                MessageDigest digest = Sha256.digest();
                byte[] image = new byte[bytesOfOne];
                for (int i = 0; i < count; i++) {
                    pixels.copy(i, image);
                    digest.update(image);
                }
                if (Arrays.equals(digest.digest(), Arrays.copyOfRange(header.array(), MAGIC.length(), HEADER))) {
                    return pixels;
                }
            }
        }
        LOG.warnf("%s is cut or altered: it is made anew", file);
        return null;
    }

    private static void write(Path file, Path split, List<ImageFolder.Example> examples, int size)
            throws DatasetException, IOException {
        LOG.infof("Decoding %d pictures of %s to %d x %d, once", examples.size(), split, size, size);
        Path unfinished = Files.createTempFile(file.resolveSibling(""), ".decoding", "");
        try {
            try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                MessageDigest digest = Sha256.digest();
                long at = HEADER;
                for (int from = 0; from < examples.size(); from += CHUNK) {
                    for (byte[] image :
                            decoded(split, examples.subList(from, Math.min(examples.size(), from + CHUNK)), size)) {
                        digest.update(image);
                        at += writeAll(out, ByteBuffer.wrap(image), at);
                    }
                    tell(from, examples.size(), split);
                }
                ByteBuffer header = ByteBuffer.allocate(HEADER);
                header.put(MAGIC.getBytes(StandardCharsets.UTF_8))
                        .put(digest.digest())
                        .flip();
                at += writeAll(out, header, 0);
                out.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** At each tenth of a long way. */
    private static void tell(int from, int all, Path split) {
        int tenth = Math.max(20 * CHUNK, all / 10);
        int end = from + CHUNK;
        if (end < all && from / tenth < end / tenth) {
            LOG.infof("%d of %d pictures of %s are decoded", end, all, split);
        }
    }

    private static int writeAll(FileChannel out, ByteBuffer bytes, long at) throws IOException {
        int all = bytes.remaining();
        while (bytes.hasRemaining()) {
            int unused = out.write(bytes, at + all - bytes.remaining());
        }
        return all;
    }

    private static List<byte[]> decoded(Path split, List<ImageFolder.Example> examples, int size)
            throws DatasetException {
        byte[][] images = new byte[examples.size()][];
        @Nullable DatasetException[] wrong = new DatasetException[examples.size()];
        IntStream.range(0, images.length).parallel().forEach(i -> {
            try {
                images[i] = Picture.decode(split.resolve(examples.get(i).path()), size);
            } catch (DatasetException undecodable) {
                wrong[i] = undecodable;
            }
        });
        for (DatasetException first : wrong) {
            if (first != null) {
                throw first;
            }
        }
        return List.of(images);
    }
}
