package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.dataset.PictureLostException;
import org.dietsb.trainer.dataset.PictureRules;
import org.dietsb.trainer.mask.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs on pictures that are decoded ahead of each batch, beside runs on pictures in memory. */
class StreamedRunTest {
    private static final int SIZE = 12;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path folder = Path.of("");

    @BeforeEach
    void pictures() throws IOException {
        folder = root.resolve("pictures");
        Random random = new Random(3);
        for (int i = 0; i < 110; i++) {
            BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
            for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
                image.setRGB(pixel % SIZE, pixel / SIZE, random.nextInt(1 << 24));
            }
            Path file = folder.resolve((i < 90 ? "train/" : "val/") + i % 10 + "/" + i + ".png");
            Files.createDirectories(file.resolveSibling(""));
            assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
        }
    }

    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("decoding-"));
    }

    private Dataset open(long mostDecoded) throws DatasetException {
        PictureRules rules = new PictureRules(SIZE, OnBadPicture.FAIL, mostDecoded, anywhere -> true);
        return new DatasetCatalog(root.resolve("home")).open("folder", folder, 0, rules);
    }

    private TestRun streamed() throws DatasetException {
        return new TestRun().images(open(0), 0);
    }

    @ParameterizedTest
    @EnumSource(Policy.Batching.class)
    void weightsAreThoseOfARunInMemory(Policy.Batching batching) throws Exception {
        Policy half = TestRun.selective(batching);
        TestRun.Result inMemory = new TestRun()
                .images(open(Long.MAX_VALUE), Integer.MAX_VALUE)
                .policy(half)
                .run(ScriptedSelector.HIGHER_HALF);
        TestRun.Result streamed = streamed().policy(half).run(ScriptedSelector.HIGHER_HALF);

        assertThat(streamed.checksum()).isEqualTo(inMemory.checksum());
        assertThat(streamed.epochs().get(1).accuracy())
                .isEqualTo(inMemory.epochs().get(1).accuracy());
        assertThat(streamed.gathered()).isEqualTo(inMemory.gathered());
    }

    @Test
    void aPictureThatVanishesInMidRunEndsItByName() throws Exception {
        TestRun run = streamed().atEachMessage(handle -> {
            if (handle.message().startsWith("open 2")) {
                deleteAll(folder.resolve("train/7"));
            }
        });

        assertThatThrownBy(() -> run.run(ScriptedSelector.HIGHER_HALF))
                .isInstanceOf(PictureLostException.class)
                .hasMessageMatching(folder.resolve("train/7")
                        + "/\\d+\\.png cannot be read: it does not exist, or is a link to nothing");
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aRunThatIsStoppedEndsItsThreads() throws Exception {
        TestRun.Result result = streamed()
                .atEachMessage(handle -> {
                    if (handle.message().startsWith("open 2")) {
                        handle.inbox().offer(new Answer.Stopped());
                    }
                })
                .run(ScriptedSelector.HIGHER_HALF);

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Ended(new Answer.Stopped()));
    }
}
