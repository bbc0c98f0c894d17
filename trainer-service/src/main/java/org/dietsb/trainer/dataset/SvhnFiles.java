package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Reads the official files of SVHN's cropped digits (Netzer et al. 2011), MATLAB 5: {@code X} uint8 [32, 32, 3, N], the first
 * index fastest: row, column, channel, image; {@code y} [N, 1], the digit, 10 for 0.
 */
final class SvhnFiles {
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int PLANE = SIDE * SIDE;
    private static final int PIXELS = CHANNELS * PLANE;
    private static final int DIGITS = 10;
    private static final int MOST_BYTES = Heap.MOST_OF_A_SET;

    private SvhnFiles() {}

    /** Reads both splits, of SVHN or a dataset in its layout. */
    static Dataset readSplits(String name, List<String> classes, Path folder, int limit) throws DatasetException {
        return Dataset.of(
                name, classes, read(folder.resolve("train_32x32.mat")), read(folder.resolve("test_32x32.mat")), limit);
    }

    static ImageSet read(Path file) throws DatasetException {
        try {
            if (!Files.isRegularFile(file)) {
                throw new DatasetException(file + " does not exist");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new DatasetException(file + " has " + Files.size(file) + " bytes, allowed is at most "
                        + MOST_BYTES + ": " + Heap.boundOfASet());
            }
            try (Source source = Sources.openFile(file.toFile())) {
                return images(file, content(file, source));
            }
        } catch (IOException unreadable) {
            throw Reasons.unreadable(file, unreadable);
        }
    }

    private static MatFile content(Path file, Source source) throws DatasetException {
        Bounded memory = new Bounded();
        try {
            return Mat5.newReader(source).setBufferAllocator(memory).readMat();
        } catch (IOException | RuntimeException broken) {
            if (memory.allocated > MOST_BYTES) {
                throw new DatasetException(
                        file + " declares a content that is too large: " + Heap.boundOfASet(), broken);
            }
            throw new DatasetException(
                    file + " is not a complete MATLAB 5 file: at offset " + source.getPosition() + ": " + broken,
                    broken);
        }
    }

    /** Allocates memory for what a file declares, up to the bound: few compressed bytes may stand for many. */
    private static final class Bounded implements BufferAllocator {
        private long allocated;

        @Override
        public ByteBuffer allocate(int bytes) {
            allocated += bytes;
            if (allocated > MOST_BYTES) {
                throw new IllegalStateException("too large");
            }
            return ByteBuffer.allocate(bytes);
        }

        @Override
        public void release(ByteBuffer buffer) {
            allocated -= buffer.capacity();
        }
    }

    private static ImageSet images(Path file, MatFile content) throws DatasetException {
        Matrix images = matrix(file, content, "X");
        int[] shape = images.getDimensions();
        boolean fits = images.getType() == MatlabType.UInt8
                && shape.length == 4
                && shape[0] == SIDE
                && shape[1] == SIDE
                && shape[2] == CHANNELS
                && shape[3] >= 1
                && shape[3] <= MOST_BYTES / PIXELS;
        if (!fits) {
            throw new DatasetException(file + " has X of " + images.getType() + " " + Arrays.toString(shape)
                    + ", allowed is uint8 [32, 32, 3, N], N in [1, " + MOST_BYTES / PIXELS + "]");
        }
        int count = shape[3];
        byte[] pixels = new byte[count * PIXELS];
        for (int plane = 0; plane < count * CHANNELS; plane++) {
            for (int place = 0; place < PLANE; place++) {
                // From column-major to row-major.
                int transposed = place % SIDE * SIDE + place / SIDE;
                pixels[plane * PLANE + transposed] = images.getByte(plane * PLANE + place);
            }
        }
        return new ImageSet(count, CHANNELS, SIDE, SIDE, pixels, labels(file, content, count));
    }

    private static byte[] labels(Path file, MatFile content, int count) throws DatasetException {
        Matrix digits = matrix(file, content, "y");
        if (digits.getNumElements() != count) {
            throw new DatasetException(
                    file + " has y " + Arrays.toString(digits.getDimensions()) + " for " + count + " images");
        }
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            double digit = digits.getDouble(i);
            if (!(digit >= 1 && digit <= DIGITS && digit == Math.rint(digit))) {
                throw new DatasetException(
                        file + " has label " + digit + " as number " + i + " of y, allowed is 1 to 10, 10 for 0");
            }
            labels[i] = (byte) ((int) digit % DIGITS);
        }
        return labels;
    }

    private static Matrix matrix(Path file, MatFile content, String name) throws DatasetException {
        for (MatFile.Entry entry : content.getEntries()) {
            if (entry.getName().equals(name) && entry.getValue() instanceof Matrix matrix) {
                return matrix;
            }
        }
        throw new DatasetException(file + " has no matrix " + name + " before its end at offset "
                + file.toFile().length());
    }
}
