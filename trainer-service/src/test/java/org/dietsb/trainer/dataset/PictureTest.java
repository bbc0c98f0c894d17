package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
    private static final int SIDE = 256;
    private static final BufferedImage NOISE = noise();

    private static BufferedImage noise() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, random.nextInt(1 << 24));
        }
        return image;
    }

    /** Encodes a picture as a baseline or progressive JPEG, or as PNG whose data are compressed or stored. */
    static byte[] encoded(BufferedImage image, String format, boolean progressiveOrStored) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (format.equals("jpeg") && progressiveOrStored) {
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        } else if (progressiveOrStored) {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] decode(byte[] file, int size) throws BadPicture {
        return Picture.decode(EncodedPicture.of(file), size, new DecodingMemory(1 << 28));
    }

    static byte[] decode(Path file, int size) throws IOException {
        try {
            return Picture.decode(EncodedPicture.read(file, 1 << 28), size, new DecodingMemory(1 << 28));
        } catch (BadPicture bad) {
            throw new IOException(bad);
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PictureTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    /** Start of the entropy-coded data, behind the header of the first scan. */
    private static int scan(byte[] jpeg) {
        int at = 0;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDA) {
            at++;
        }
        return at + 14;
    }

    private static byte[] cut(byte[] whole, int from, int percent) {
        return Arrays.copyOf(whole, from + (whole.length - from) * percent / 100);
    }

    private static byte[] zeros(byte[] whole, int from, int to) {
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, from, to, (byte) 0);
        return damaged;
    }

    static Stream<Arguments> damaged() throws IOException {
        byte[] jpeg = encoded(NOISE, "jpeg", false);
        byte[] progressive = encoded(NOISE, "jpeg", true);
        byte[] png = encoded(NOISE, "png", false);
        byte[] stored = encoded(NOISE, "png", true);
        assertThat(stored.length).isGreaterThan(3 * SIDE * SIDE);
        int half = jpeg.length / 2;
        return Stream.of(
                Arguments.of("60 % of a JPEG's scan", cut(jpeg, scan(jpeg), 60)),
                Arguments.of("5 % of a JPEG's scan", cut(jpeg, scan(jpeg), 5)),
                Arguments.of("0 % of a JPEG's scan", cut(jpeg, scan(jpeg), 0)),
                Arguments.of("a JPEG without its end", Arrays.copyOf(jpeg, jpeg.length - 2)),
                Arguments.of("half a progressive JPEG", Arrays.copyOf(progressive, progressive.length / 2)),
                Arguments.of("half zeros", zeros(jpeg, half, jpeg.length)),
                Arguments.of("half zeros up to the end marker", zeros(jpeg, half, jpeg.length - 2)),
                Arguments.of("a block of zeros", zeros(jpeg, half, half + 4096)),
                Arguments.of("progressive, half zeros", zeros(progressive, progressive.length / 2, progressive.length)),
                Arguments.of("a JPEG's header", Arrays.copyOf(jpeg, 20)),
                Arguments.of("half a PNG", Arrays.copyOf(png, png.length / 2)),
                Arguments.of("a PNG without its end", Arrays.copyOf(png, png.length - 12)),
                Arguments.of("a PNG, half zeros", zeros(png, png.length / 2, png.length)),
                Arguments.of("a stored PNG with a block of zeros", zeros(stored, 30_000, 34_096)),
                Arguments.of("half a lossy WebP", cut(resource("lossy.webp"), 0, 50)),
                Arguments.of("half a lossless WebP", cut(resource("lossless.webp"), 0, 50)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damaged")
    void refusesDamagedPictures(String what, byte[] file) {
        assertThatThrownBy(() -> decode(file, 32))
                .as(what)
                .isInstanceOf(BadPicture.class)
                .hasMessageMatching("(is damaged: .*|cannot be decoded: .*)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png"})
    void acceptsWholePicturesOfEachKind(String format) throws Exception {
        for (boolean otherwise : new boolean[] {false, true}) {
            byte[] planes = decode(encoded(NOISE, format, otherwise), 8);
            for (byte shade : planes) {
                assertThat(shade & 0xFF).isCloseTo(128, within(12));
            }
        }
        // Bytes behind the picture are no damage.
        byte[] file = encoded(NOISE, format, false);
        assertThat(decode(Arrays.copyOf(file, file.length + 100), 8)).isEqualTo(decode(file, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp", "tiff"})
    void refusesOtherFormats(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(NOISE, format, bytes)).isTrue();

        assertThatThrownBy(() -> decode(bytes.toByteArray(), 8)).hasMessage("is not a JPEG, PNG or WebP picture");
        assertThatThrownBy(() -> decode(new byte[0], 8)).hasMessage("is empty");
    }

    /** The file is 32 x 32 of (200, 30, 60), converted to CMYK and written by Pillow. */
    @Test
    void decodesCmyk() throws Exception {
        byte[] planes = decode(resource("cmyk.jpg"), 8);

        int[] expected = {200, 30, 60};
        for (int i = 0; i < planes.length; i++) {
            assertThat(planes[i] & 0xFF).isCloseTo(expected[i / 64], within(4));
        }
    }

    /** The files are 32 x 32, half (200, 30, 60) and half (20, 160, 90), written by Pillow. */
    @ParameterizedTest
    @ValueSource(strings = {"lossless.webp", "lossy.webp", "alpha.webp"})
    void decodesWebP(String name) throws Exception {
        byte[] planes = decode(resource(name), 32);

        int[][] expected = {{200, 20}, {30, 160}, {60, 90}};
        int tolerance = name.equals("lossless.webp") ? 0 : 6;
        for (int channel = 0; channel < 3; channel++) {
            for (int x : new int[] {2, 8, 24, 30}) {
                assertThat(planes[(channel * 32 + 16) * 32 + x] & 0xFF)
                        .isCloseTo(expected[channel][x / 16], within(tolerance));
            }
        }
    }

    @Test
    void bandsOfRowsGiveTheSameBits() throws Exception {
        for (String format : new String[] {"jpeg", "png"}) {
            for (BufferedImage image :
                    new BufferedImage[] {NOISE.getSubimage(0, 0, 256, 200), NOISE.getSubimage(0, 0, 120, 256)}) {
                BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
                copy.createGraphics().drawImage(image, 0, 0, null);
                EncodedPicture file = EncodedPicture.of(encoded(copy, format, false));
                byte[] whole = Picture.decode(file, 32, new DecodingMemory(1 << 28));
                // 8 rows of 200 or 13 rows of 120 at a time.
                assertThat(Picture.decode(file, 32, new DecodingMemory(5 << 10)))
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void refusesWhatDoesNotFitIntoTheMemory() throws Exception {
        EncodedPicture file = EncodedPicture.of(encoded(NOISE, "png", false));

        assertThatThrownBy(() -> Picture.decode(file, 32, new DecodingMemory(512)))
                .hasMessageStartingWith("has 256 x 256 pixels, which take 768 bytes to decode, allowed is at most ");
    }

    @Test
    void refusesMorePixelsThanAllowed() throws Exception {
        // The header of a PNG of 100,000 x 100,000, with its checksum.
        byte[] png = encoded(NOISE, "png", false);
        for (int at : new int[] {16, 20}) {
            png[at] = 0;
            png[at + 1] = 1;
            png[at + 2] = (byte) 0x86;
            png[at + 3] = (byte) 0xA0;
        }
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());

        assertThatThrownBy(() -> decode(png, 8)).hasMessage("has 10000000000 pixels, allowed is at most 100000000");
    }
}
