package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class PictureIndexTest {
    private static final Path SPLIT = Path.of("/pictures/train");

    static {
        // JOL would start a process that attaches to this one, which containers may forbid.
        System.setProperty("jol.skipHotspotSAAttach", "true");
    }

    /** Names like those of ImageNet. */
    private static String folder(int label) {
        return String.format("n%08d", 1_440_764 + 7 * label);
    }

    private static PictureIndex index(int files, int classes) throws DatasetException {
        PictureIndex.Builder builder = new PictureIndex.Builder(SPLIT);
        int each = files / classes;
        for (int label = 0; label < classes; label++) {
            int folder = builder.addFolder(folder(label), label);
            for (int i = 0; i < each; i++) {
                builder.add(folder, folder(label) + "_" + 31 * i + ".JPEG");
            }
        }
        return builder.inOrder();
    }

    @Test
    void aPictureTakesFewerThan64BytesOfHeapWithItsLabelAndChecksum() throws DatasetException {
        int files = 200_000;
        PictureIndex index = index(files, 1_000);
        // What an open dataset holds besides, for each picture.
        int[] labels = IntStream.range(0, files).map(index::label).toArray();
        ContentChecksums checksums = new ContentChecksums("", files);

        long bytes = GraphLayout.parseInstance(index, labels, checksums)
                .subtract(GraphLayout.parseInstance(SPLIT))
                .totalSize();
        assertThat(bytes / (double) files).isBetween(30.0, 64.0);
    }

    @Test
    void filesAreInTheOrderOfTheHashesOfTheirPaths() throws DatasetException {
        PictureIndex index = index(100_000, 25_000);
        List<String> paths = new ArrayList<>();
        boolean[] has = new boolean[25_000];
        for (int i = 0; i < index.count(); i++) {
            paths.add(index.path(i));
            has[index.label(i)] = true;
            assertThat(index.path(i)).startsWith(folder(index.label(i)) + "/n");
        }

        assertThat(paths).doesNotHaveDuplicates().hasSize(100_000);
        assertThat(paths).isSortedAccordingTo(Comparator.comparing(PictureIndexTest::hash));
        assertThat(has).doesNotContain(false);
        assertThat(index.file(0)).isEqualTo(SPLIT.resolve(paths.get(0)));
    }

    private static String hash(String path) {
        return Sha256.hex(path.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesAreKeptAsTheyAre() throws DatasetException {
        String longest = "x".repeat(255);
        List<String> names = List.of("a", "ä ö.png", "日本.jpg", "two  spaces", longest, "\uD83D\uDE00.png", "100%.webp");
        PictureIndex.Builder builder = new PictureIndex.Builder(SPLIT);
        int top = builder.addFolder("", PictureIndex.NO_CLASS);
        int deep = builder.addFolder("class/deep", 0);
        for (String name : names) {
            builder.add(top, name);
            builder.add(deep, name);
        }
        PictureIndex index = builder.inOrder();

        List<String> expected = new ArrayList<>(names);
        names.forEach(name -> expected.add("class/deep/" + name));
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < index.count(); i++) {
            paths.add(index.path(i));
            assertThat(index.label(i)).isEqualTo(index.path(i).startsWith("class/") ? 0 : PictureIndex.NO_CLASS);
        }
        Collections.sort(expected);
        Collections.sort(paths);
        assertThat(paths).isEqualTo(expected);
    }
}
