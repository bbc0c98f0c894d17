package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureWalkTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path file(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, name);
    }

    private Path link(String name, Path to) throws IOException {
        return Files.createSymbolicLink(root.resolve(name), to);
    }

    private List<String> walk() throws DatasetException {
        PictureIndex index = new PictureWalk(root.resolve("train"), anywhere -> true).index();
        return IntStream.range(0, index.count()).mapToObj(index::path).sorted().toList();
    }

    @Test
    void linksToClassesAndWithinClassesAreFollowed() throws IOException, DatasetException {
        file("train/cat/1.png");
        file("elsewhere/dogs/1.png");
        file("elsewhere/dogs/deep/2.png");
        file("elsewhere/more/3.png");
        file("elsewhere/4.png");
        link("train/dog", root.resolve("elsewhere/dogs"));
        link("train/cat/more", root.resolve("elsewhere/more"));
        link("train/cat/4.png", root.resolve("elsewhere/4.png"));

        assertThat(walk()).containsExactly("cat/1.png", "cat/4.png", "cat/more/3.png", "dog/1.png", "dog/deep/2.png");
    }

    @Test
    void aFolderThatIsReachedTwiceIsReadOnce() throws IOException, DatasetException {
        file("train/cat/1.png");
        file("elsewhere/2.png");
        link("train/cat/once", root.resolve("elsewhere"));
        link("train/cat/twice", root.resolve("elsewhere"));

        assertThat(walk()).hasSize(2).contains("cat/1.png");
    }

    @Test
    void loopsAndFoldersOfTwoClassesAreRefusedByName() throws IOException {
        file("train/cat/1.png");
        file("train/dog/1.png");
        Path real = root.toRealPath();
        for (String target : List.of("train/cat", "train")) {
            Path loop = link("train/cat/loop", root.resolve(target));
            assertThatThrownBy(this::walk)
                    .isInstanceOf(DatasetException.class)
                    .hasMessage(loop + " is a link to " + real.resolve(target) + ", a folder that contains it");
            Files.delete(loop);
        }
        // The loop is found when it has led back to the split.
        Path above = link("train/cat/above", root);
        assertThatThrownBy(this::walk)
                .hasMessage(above.resolve("train") + " is a link to " + real.resolve("train")
                        + ", a folder that contains it");
        Files.delete(above);
        Path shared = link("train/dog/shared", root.resolve("train/cat"));
        assertThatThrownBy(this::walk)
                .hasMessage(shared + " is a link to " + real.resolve("train/cat") + ", which class cat contains too");
    }

    @Test
    void hiddenFilesAndFoldersAreIgnoredAtAnyDepth() throws IOException, DatasetException {
        file("train/cat/1.png");
        file("train/cat/.DS_Store");
        file("train/cat/.ipynb_checkpoints/1.png");
        file("train/cat/deep/.thumbnails/large/1.png");
        file("train/cat/deep/._1.png");
        file("train/.cache/1.png");

        assertThat(walk()).containsExactly("cat/1.png");
    }

    @Test
    void linksOutOfTheFoldersOfTheTrainerAreRefused() throws IOException {
        file("train/cat/1.png");
        file("elsewhere/2.png");
        Path inside = root.resolve("train").toRealPath();
        for (String target : List.of("elsewhere", "elsewhere/2.png")) {
            Path out = link("train/cat/out", root.resolve(target));
            assertThatThrownBy(() -> new PictureWalk(root.resolve("train"), real -> real.startsWith(inside)))
                    .hasMessage(out + " is a link to " + root.resolve(target).toRealPath()
                            + ", which is outside the folders that this trainer may read");
            Files.delete(out);
        }
    }

    @Test
    void unreadableFolderErrorGivesTheReason() throws IOException {
        assumeThat(System.getProperty("user.name"))
                .as("root may read everything")
                .isNotEqualTo("root");
        file("train/cat/1.png");
        Path closed = Files.createDirectories(root.resolve("train/cat/closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

        assertThatThrownBy(this::walk).hasMessage("cannot read " + closed + ": permission denied");
    }

    @Test
    void emptyOrMissingSplitErrorGivesTheReason() throws IOException {
        assertThatThrownBy(this::walk)
                .hasMessage("cannot read " + root.resolve("train") + ": it does not exist, or is a link to nothing");
        Files.createDirectories(root.resolve("train"));
        assertThatThrownBy(this::walk).hasMessage(root.resolve("train") + " has no folder of a class");
        Files.delete(root.resolve("train"));
        file("train");
        assertThatThrownBy(this::walk).hasMessage("cannot read " + root.resolve("train") + ": it is not a folder");
    }
}
