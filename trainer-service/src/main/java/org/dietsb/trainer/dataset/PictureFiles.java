package org.dietsb.trainer.dataset;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;
import org.jspecify.annotations.Nullable;

/** Reads and decodes the files of a split, in bounded memory for all threads. Thread-safe. */
final class PictureFiles {
    /** Number of files that are read in parallel. */
    static final int CHUNK = 256;

    private final PictureIndex index;
    private final int side;
    private final DecodingMemory ofFiles = new DecodingMemory(Heap.most());
    private final DecodingMemory ofPixels = new DecodingMemory(Heap.most());

    PictureFiles(PictureIndex index, int side) {
        this.index = index;
        this.side = side;
    }

    /** What was read of a file: the checksum of its content, its pixels if they were asked for, or the reason why there are none. */
    record Item(
            byte[] checksum,
            byte @Nullable [] pixels,
            @Nullable String reason) {}

    PictureIndex index() {
        return index;
    }

    /** Decodes files in parallel, at most this number. */
    Item[] chunk(int from, int most) {
        Item[] items = new Item[Math.min(most, index.count() - from)];
        IntStream.range(0, items.length).parallel().forEach(i -> items[i] = read(from + i, true));
        return items;
    }

    Item read(int number, boolean decode) {
        Path file = index.file(number);
        long taken = ofFiles.take(file.toFile().length());
        byte[] checksum = null;
        try {
            if (index.label(number) == PictureIndex.NO_CLASS) {
                throw new BadPicture("is in no folder of a class");
            }
            EncodedPicture picture = EncodedPicture.read(file, ofFiles.most());
            checksum = Sha256.digest().digest(picture.bytes());
            return new Item(checksum, decode ? Picture.decode(picture, side, ofPixels) : null, null);
        } catch (BadPicture bad) {
            byte[] why = Sha256.digest().digest(bad.reason().getBytes(StandardCharsets.UTF_8));
            return new Item(checksum == null ? why : checksum, null, bad.reason());
        } finally {
            ofFiles.giveBack(taken);
        }
    }
}
