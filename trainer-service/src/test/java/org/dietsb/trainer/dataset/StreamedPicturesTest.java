package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Image folders whose decoded pictures are not kept. */
class StreamedPicturesTest {
    private static final int SIZE = 8;
    private static final int COUNT = 60;

    /** Computed by a version that read and decoded all files at each start. */
    private static final String FINGERPRINT = "00ecc8706aee9bd9f9a4f827d59159213d4f6cf05ce23ece3aeec1add995cdb3";

    private static final String FINGERPRINT_OF_TWENTY =
            "23db0fbb64f642455b4381dc807df1ffd878590b60fc241100f9fabdd5f2edf3";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path folder = Path.of("");
    private Path cache = Path.of("");

    @BeforeEach
    void pictures() throws IOException {
        folder = root.resolve("pictures");
        cache = root.resolve("cache");
        write(folder);
    }

    /** Writes 60 + 6 pictures in three classes whose pixels are computed. */
    static void write(Path folder) throws IOException {
        for (int i = 0; i < COUNT + 6; i++) {
            BufferedImage image = new BufferedImage(11, 9 + i % 3, BufferedImage.TYPE_INT_RGB);
            for (int x = 0; x < image.getWidth(); x++) {
                for (int y = 0; y < image.getHeight(); y++) {
                    image.setRGB(x, y, (i * 7_919 + x * 104_729 + y * 1_299_709) * 31 & 0xFFFFFF);
                }
            }
            Path file = folder.resolve((i < COUNT ? "train" : "val") + "/class" + i % 3 + "/" + i + ".png");
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, PictureTest.encoded(image, "png", false));
        }
    }

    private Dataset read(long mostDecoded, OnBadPicture onBad, int limit) throws DatasetException {
        return ImageFolder.read(
                "folder", folder, new PictureRules(SIZE, onBad, mostDecoded, any -> true), cache, limit);
    }

    private Dataset streamed() throws DatasetException {
        return read(0, OnBadPicture.FAIL, 0);
    }

    private Dataset kept() throws DatasetException {
        return read(Long.MAX_VALUE, OnBadPicture.FAIL, 0);
    }

    private List<String> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString().replaceAll("^[0-9a-f]{64}", ""))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void fingerprintsAreThoseOfEarlierVersions() throws Exception {
        for (int again = 0; again < 2; again++) {
            assertThat(kept().identity().checksum()).isEqualTo(FINGERPRINT);
            assertThat(streamed().identity().checksum()).isEqualTo(FINGERPRINT);
            assertThat(read(0, OnBadPicture.FAIL, 20).identity().checksum()).isEqualTo(FINGERPRINT_OF_TWENTY);
            assertThat(read(Long.MAX_VALUE, OnBadPicture.FAIL, 20).identity().checksum())
                    .isEqualTo(FINGERPRINT_OF_TWENTY);
        }
    }

    @Test
    void theSamePicturesAsKeptOnes() throws Exception {
        Dataset streamed = streamed();
        assertThat(cached()).containsExactly(".checked", ".checked", ".facts", ".seen", ".seen");
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(COUNT * 3L * SIZE * SIZE);
        }
        Dataset kept = kept();
        assertThat(cached()).contains(".images", ".images");

        assertThat(streamed.train().pixels().isStreamed()).isTrue();
        assertThat(kept.train().pixels().isStreamed()).isFalse();
        assertThat(streamed.identity()).isEqualTo(kept.identity());
        assertThat(streamed.mean()).isEqualTo(kept.mean());
        assertThat(streamed.std()).isEqualTo(kept.std());
        assertThat(streamed.train().labels()).isEqualTo(kept.train().labels());
        for (int i = 0; i < COUNT; i++) {
            assertThat(streamed.train().image(i)).isEqualTo(kept.train().image(i));
        }
        assertThat(streamed.test().image(3)).isEqualTo(kept.test().image(3));
    }

    @Test
    void badFilesAreLeftOutOrRefusedByName() throws Exception {
        Path bad = folder.resolve("train/class1/bad.png");
        byte[] whole = Files.readAllBytes(folder.resolve("train/class1/1.png"));
        Files.write(bad, java.util.Arrays.copyOf(whole, whole.length - 20));
        assertThatThrownBy(this::streamed)
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(bad + " is damaged");

        for (int again = 0; again < 2; again++) {
            Dataset without = read(0, OnBadPicture.SKIP, 0);
            assertThat(without.identity().skipped()).isEqualTo(1);
            assertThat(without.identity().checksum()).isEqualTo(FINGERPRINT);
            assertThat(read(0, OnBadPicture.SKIP, 20).identity().checksum()).isEqualTo(FINGERPRINT_OF_TWENTY);
            assertThat(without.train().image(COUNT - 1))
                    .isEqualTo(kept(bad).train().image(COUNT - 1));
        }
    }

    private Dataset kept(Path without) throws Exception {
        Path aside = Files.move(without, root.resolve("aside"));
        Dataset kept = kept();
        Files.move(aside, without);
        return kept;
    }

    @Test
    void damagedFactsAreComputedAgain() throws Exception {
        Dataset first = streamed();
        Path facts;
        try (Stream<Path> files = Files.list(cache)) {
            facts = files.filter(file -> file.toString().endsWith(".facts"))
                    .findFirst()
                    .orElseThrow();
        }
        String whole = Files.readString(facts);
        for (String damaged :
                List.of("", whole.substring(0, whole.length() / 2), whole.replaceFirst("0\\.", "1."), "\n" + whole)) {
            Files.writeString(facts, damaged);
            Dataset again = streamed();
            assertThat(again.identity()).isEqualTo(first.identity());
            assertThat(again.mean()).isEqualTo(first.mean());
            assertThat(Files.readString(facts)).isEqualTo(whole);
        }
    }

    private static DeviceImages onDevice(NDManager manager, Dataset dataset, int most) {
        return new DeviceImages(manager, dataset.train(), dataset.mean(), dataset.std(), most);
    }

    @Test
    void batchesAreThoseOfKeptPicturesInAnyOrderOfUse() throws Exception {
        Dataset streamed = streamed();
        Dataset kept = kept();
        int[] order = IntStream.range(0, COUNT).map(i -> i * 7 % COUNT).toArray();
        try (NDManager manager = TestDevice.newManager();
                DeviceImages resident = onDevice(manager, kept, Integer.MAX_VALUE);
                DeviceImages mapped = onDevice(manager, kept, 0);
                DeviceImages ahead = onDevice(manager, streamed, 0)) {
            for (int epoch = 1; epoch <= 2; epoch++) {
                ahead.expect(order);
                for (int from = 0; from < COUNT; from += 10) {
                    int[] batch = java.util.Arrays.copyOfRange(order, from, from + 10);
                    // Announced, then some of an earlier batch, as the steps after a selection pass.
                    int[] earlier = java.util.Arrays.copyOfRange(order, from / 2, from / 2 + 3);
                    for (int[] indices : List.of(batch, earlier)) {
                        float[] expected = resident.gatherAugmented(manager, indices, 5, epoch, true, true)
                                .toFloatArray();
                        assertThat(ahead.gatherAugmented(manager, indices, 5, epoch, true, true)
                                        .toFloatArray())
                                .isEqualTo(expected);
                        assertThat(mapped.gatherAugmented(manager, indices, 5, epoch, true, true)
                                        .toFloatArray())
                                .isEqualTo(expected);
                        assertThat(ahead.gather(manager, indices).toFloatArray())
                                .isEqualTo(resident.gather(manager, indices).toFloatArray());
                    }
                }
            }
            assertThat(decoders()).isNotEmpty();
        }
        assertThat(decoders()).as("threads that decode").isEmpty();
    }

    private static List<Thread> decoders() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("decoding-"))
                .toList();
    }

    @Test
    void aSmallRingGivesEveryPicture() throws Exception {
        Dataset dataset = streamed();
        int bytes = 3 * SIZE * SIZE;
        int[] order = IntStream.range(0, COUNT).map(i -> COUNT - 1 - i).toArray();
        for (int ring : new int[] {1, 2, 3, 16}) {
            try (PixelsAhead ahead = new PixelsAhead(dataset.train().pixels(), COUNT, bytes, (long) ring * bytes)) {
                for (int again = 0; again < 3; again++) {
                    ahead.expect(order);
                    IntStream.of(order).parallel().forEach(image -> assertThat(ahead.image(image))
                            .isEqualTo(dataset.train().image(image)));
                }
                assertThat(ahead.image(order[0])).isEqualTo(dataset.train().image(order[0]));
            }
        }
        assertThat(decoders()).isEmpty();
    }

    @Test
    void announcedPicturesAreNotLate() throws Exception {
        Dataset dataset = streamed();
        int[] order = IntStream.range(0, COUNT).toArray();
        try (PixelsAhead ahead =
                new PixelsAhead(dataset.train().pixels(), COUNT, 3 * SIZE * SIZE, 16L * 3 * SIZE * SIZE)) {
            ahead.expect(order);
            for (int image : order) {
                byte[] unused = ahead.image(image);
            }
            assertThat(ahead.late()).isZero();
            byte[] unused = ahead.image(order[0]);
            assertThat(ahead.late()).as("used long ago").isEqualTo(1);
        }
    }

    @Test
    void aPictureThatVanishesOrChangesIsNamed() throws Exception {
        Dataset dataset = streamed();
        PictureIndex index = new PictureWalk(folder.resolve("train"), any -> true).index();
        Path vanished = index.file(20);
        Files.delete(vanished);
        Path changed = index.file(40);
        Files.copy(index.file(41), changed, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        int[] order = IntStream.range(0, COUNT).toArray();
        try (NDManager manager = TestDevice.newManager();
                DeviceImages images = onDevice(manager, dataset, 0)) {
            images.expect(order);
            assertThatThrownBy(() -> images.gather(manager, order))
                    .isInstanceOf(PictureLostException.class)
                    .hasMessageStartingWith(folder.toString());
            assertThatThrownBy(() -> images.gather(manager, new int[] {20}))
                    .isInstanceOf(PictureLostException.class)
                    .hasMessage(vanished + " cannot be read: it does not exist, or is a link to nothing");
            assertThatThrownBy(() -> images.gather(manager, new int[] {40}))
                    .isInstanceOf(PictureLostException.class)
                    .hasMessage(changed + " has changed since its dataset was opened for this run");
            assertThat(images.gather(manager, new int[] {41}).getShape().get(0)).isEqualTo(1);
        }
        assertThat(decoders()).isEmpty();
    }
}
