package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a training set that was read from an image folder, in a file whose name is a checksum of what they are computed from. Its
 * last line is a checksum of the lines before it: a truncated or modified file is not believed.
 */
final class FactsFile {
    private static final String VERSION = "dietsb-facts-1";
    private static final Logger LOG = Logger.getLogger(FactsFile.class);

    private final Path file;
    private final int channels;

    /**
     * Names the file.
     *
     * @param content checksum of the content of the split, which covers the size
     */
    FactsFile(Path cache, String content, String name, int classes, ImageSet train) {
        ByteBuffer labels = ByteBuffer.allocate(Math.multiplyExact(train.count(), Integer.BYTES));
        labels.asIntBuffer().put(train.labels());
        String ofLabels = Sha256.hex(labels.array());
        this.file =
                cache.resolve(Sha256.hex(String.join("\n", VERSION, content, name, "" + classes, ofLabels)) + ".facts");
        this.channels = train.channels();
    }

    /** Returns null if there is no such file, or if it is truncated or modified. */
    PixelFacts.@Nullable Facts read() {
        try {
            if (!Files.isRegularFile(file)) {
                return null;
            }
            List<String> lines = Files.readAllLines(file);
            if (lines.size() != 2 + 2 * channels
                    || !lines.get(1 + 2 * channels).equals(checksum(lines.subList(0, 1 + 2 * channels)))) {
                LOG.warnf("%s is truncated or modified; computing its content again", file);
                return null;
            }
            float[] mean = new float[channels];
            float[] std = new float[channels];
            for (int i = 0; i < channels; i++) {
                mean[i] = Float.parseFloat(lines.get(1 + i));
                std[i] = Float.parseFloat(lines.get(1 + channels + i));
            }
            return new PixelFacts.Facts(lines.get(0), mean, std);
        } catch (IOException unreadable) {
            LOG.warnf("Cannot read %s: %s", file, Reasons.of(unreadable));
            return null;
        }
    }

    void write(PixelFacts.Facts facts) {
        List<String> lines = new ArrayList<>();
        lines.add(facts.checksum());
        for (float mean : facts.mean()) {
            lines.add(Float.toString(mean));
        }
        for (float std : facts.std()) {
            lines.add(Float.toString(std));
        }
        lines.add(checksum(List.copyOf(lines)));
        try {
            Path unfinished = Files.createTempFile(file.resolveSibling(""), ".facts", "");
            try {
                Files.move(Files.write(unfinished, lines), file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            LOG.warnf("Cannot write %s: %s", file, Reasons.of(failed));
        }
    }

    private static String checksum(List<String> lines) {
        return Sha256.hex(VERSION + "\n" + String.join("\n", lines));
    }
}
