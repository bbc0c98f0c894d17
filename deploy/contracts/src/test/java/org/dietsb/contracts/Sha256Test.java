package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    /** By FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void digestsTextAndFiles(@TempDir Path folder) throws IOException {
        assertThat(Sha256.hex("abc")).isEqualTo(ABC);
        assertThat(Sha256.hex(Files.writeString(folder.resolve("file"), "abc"))).isEqualTo(ABC);
    }

    @Test
    void digestsNumbersAsLittleEndianFloats() {
        assertThat(Sha256.hex(new float[] {1, .5f})).isEqualTo(Sha256.hex(new byte[] {0, 0, -128, 63, 0, 0, 0, 63}));
    }
}
