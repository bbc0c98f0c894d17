package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

class SvhnFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Images whose pixel at row r, column c, channel k of image i is r + 2c + 70k + 7i, packed as the official files are. */
    static void write(Path file, int... digits) throws IOException {
        write(file, MatlabType.UInt8, 32, digits.length, digits);
    }

    private static void write(Path file, MatlabType type, int side, int count, int... digits) throws IOException {
        Matrix images = Mat5.newMatrix(new int[] {side, side, 3, count}, type);
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < 3; k++) {
                for (int c = 0; c < side; c++) {
                    for (int r = 0; r < side; r++) {
                        images.setInt(r + side * (c + side * (k + 3 * i)), r + 2 * c + 70 * k + 7 * i);
                    }
                }
            }
        }
        Matrix labels = Mat5.newMatrix(digits.length, 1, MatlabType.UInt8);
        for (int i = 0; i < digits.length; i++) {
            labels.setInt(i, digits[i]);
        }
        write(file, Mat5.newMatFile().addArray("X", images).addArray("y", labels));
    }

    private static void write(Path file, MatFile content) throws IOException {
        try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
            Mat5.newWriter(sink).setDeflateLevel(Deflater.BEST_SPEED).writeMat(content);
        }
    }

    @Test
    void readsRowsFromColumnsAndTenAsZero() throws IOException, DatasetException {
        write(file(), 10, 1, 9);

        ImageSet set = SvhnFiles.read(file());

        assertThat(set.labels()).containsExactly(0, 1, 9);
        for (int[] at : new int[][] {{0, 0, 0, 0}, {1, 2, 31, 5}, {2, 0, 3, 30}, {2, 2, 31, 31}}) {
            int place = ((at[0] * 3 + at[1]) * 32 + at[2]) * 32 + at[3];
            assertThat(IdxFilesTest.pixels(set)[place] & 0xFF).isEqualTo(at[2] + 2 * at[3] + 70 * at[1] + 7 * at[0]);
        }
    }

    @Test
    void errorsNameTheSettingAndWhatIsAllowed() throws IOException {
        write(file(), 3, 11);
        assertRefused(file() + " has label 11.0 as number 1 of y, allowed is 1 to 10, 10 for 0");
        write(file(), MatlabType.UInt8, 32, 2, 1);
        assertRefused(file() + " has y [1, 1] for 2 images");
        write(file(), MatlabType.UInt8, 16, 2, 1, 2);
        assertRefused(file() + " has X of uint8 [16, 16, 3, 2], allowed is uint8 [32, 32, 3, N], N in [1, "
                + Heap.MOST_OF_A_SET / 3072 + "]");
        write(file(), MatlabType.Int16, 32, 2, 1, 2);
        assertRefused(file() + " has X of int16 [32, 32, 3, 2], allowed is uint8 [32, 32, 3, N], N in [1, "
                + Heap.MOST_OF_A_SET / 3072 + "]");
        write(file(), Mat5.newMatFile().addArray("Z", Mat5.newScalar(1)));
        assertRefused(file() + " has no matrix X before its end at offset " + Files.size(file()));
        Files.delete(file());
        assertRefused(file() + " does not exist");
    }

    @Test
    void truncatedFileErrorNamesTheOffset() throws IOException {
        write(file(), 1, 2, 3);
        byte[] whole = Files.readAllBytes(file());
        for (int length : new int[] {0, 60, 130, whole.length / 2, whole.length - 9}) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SvhnFiles.read(file()))
                    .as("cut at %d", length)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(file().toString())
                    .hasMessageContaining("at offset ");
        }
    }

    private Path file() {
        return folder.resolve("train_32x32.mat");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SvhnFiles.read(file()))
                .isInstanceOf(DatasetException.class)
                .hasMessage(message);
    }
}
