package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

/** Readers in a JVM with a heap of 64 MB: files that do not fit are refused by name, and large pictures are decoded one by one. */
class SmallHeapTest {
    private static final int FORTY_MB = 40 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    /** Reads what its arguments name, and prints what came of it. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) throws DatasetException {
            Path path = Path.of(arguments[1]);
            try {
                ImageSet set =
                        switch (arguments[0]) {
                            case "idx" -> IdxFiles.read(path, path, 10);
                            case "cifar" ->
                                CifarFiles.read(
                                        path.resolveSibling(""),
                                        List.of(path.getFileName().toString()),
                                        1,
                                        10);
                            case "svhn" -> SvhnFiles.read(path);
                            default ->
                                ImageFolder.read("folder", path, PictureRules.USUAL, Path.of(arguments[2]), 0)
                                        .train();
                        };
                System.out.println(set.count() + " images");
            } catch (DatasetException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }

    private String read(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=15",
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName());
        java.command().addAll(List.of(arguments));
        Process process = java.redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            return printed.lines().reduce("", (before, last) -> last);
        }
    }

    @Test
    void manyLargePhotosAreDecodedOnManyCores() throws Exception {
        BufferedImage photo = new BufferedImage(2400, 1800, BufferedImage.TYPE_INT_RGB);
        Graphics2D paint = photo.createGraphics();
        paint.setColor(new Color(200, 30, 40));
        paint.fillRect(0, 0, 2400, 1800);
        paint.dispose();
        byte[] jpeg = PictureTest.encoded(photo, "jpeg", false);
        for (int i = 0; i < 12; i++) {
            put("photos/train/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".jpg", jpeg);
        }
        put("photos/val/cat/1.jpg", jpeg);
        put("photos/val/dog/1.jpg", jpeg);

        assertThat(read(
                        "folder",
                        root.resolve("photos").toString(),
                        root.resolve("cache").toString()))
                .isEqualTo("12 images");
    }

    @Test
    void aDeepPngThatExceedsTheHeapIsDecodedInBands() throws Exception {
        byte[] png = deepPng(3000);
        for (String split : List.of("train", "val")) {
            put("deep/" + split + "/cat/1.png", png);
        }

        assertThat(read(
                        "folder",
                        root.resolve("deep").toString(),
                        root.resolve("cache").toString()))
                .isEqualTo("1 images");
    }

    @Test
    void setsThatExceedTheHeapAreRefusedByName() throws Exception {
        String bound = "bytes: 1 GiB or a quarter of this trainer's heap (-Xmx), whichever is less";
        Path idx = put("images", IdxFilesTest.images(0x803, FORTY_MB / 1024, 32, 32, new byte[FORTY_MB]));
        assertThat(read("idx", idx.toString()))
                .startsWith(idx + " declares 40960 images of 32x32")
                .endsWith(bound);
        Path gz = put("images.gz", IdxFilesTest.gzipped(Files.readAllBytes(idx)));
        assertThat(read("idx", gz.toString()))
                .startsWith(gz + " declares 40960 images of 32x32")
                .endsWith(bound);

        Path cifar = put("batch.bin", new byte[3073 * 13_000]);
        assertThat(read("cifar", cifar.toString()))
                .startsWith(cifar + " has 39949000 bytes")
                .endsWith(bound);

        Path svhn = root.resolve("train_32x32.mat");
        try (Sink sink = Sinks.newStreamingFile(svhn.toFile())) {
            Mat5.newWriter(sink)
                    .setDeflateLevel(Deflater.BEST_SPEED)
                    .writeMat(Mat5.newMatFile()
                            .addArray("X", Mat5.newMatrix(new int[] {32, 32, 3, 13_000}, MatlabType.UInt8)));
        }
        assertThat(Files.size(svhn)).isLessThan(1 << 20);
        assertThat(read("svhn", svhn.toString()))
                .startsWith(svhn + " declares a content that is too large")
                .endsWith(bound);
    }

    private Path put(String name, byte[] content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.write(file, content);
    }

    /** A black PNG with 16 bits for each of red, green, blue and alpha. */
    private static byte[] deepPng(int side) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream rows = new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_SPEED))) {
            for (int i = 0; i < side; i++) {
                rows.write(new byte[1 + 8 * side]);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(png);
        out.writeLong(0x89504E470D0A1A0AL);
        chunk(
                out,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(side)
                        .putInt(side)
                        .put(new byte[] {16, 6, 0, 0, 0})
                        .array());
        chunk(out, "IDAT", packed.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(DataOutputStream out, String name, byte[] data) throws IOException {
        byte[] named = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(named);
        crc.update(data);
        out.writeInt(data.length);
        out.write(named);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
