package org.dietsb.bench.loader;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** A generated image folder of small JPEGs: 256 pixels high, 256 to 341 wide, smooth with noise, of about 20 kB each. */
final class Pictures {
    private static final int CLASSES = 100;
    private static final int HEIGHT = 256;
    /** Contents that differ; each is written to many files. */
    private static final int CONTENTS = 500;

    private Pictures() {}

    /** Writes a number of pictures to train on, and one of each class to test with. */
    static void write(Path folder, int count) throws IOException {
        byte[][] contents = new byte[Math.min(CONTENTS, count)][];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = jpeg(new Random(i));
        }
        for (int label = 0; label < CLASSES; label++) {
            String name = "class" + label;
            Path train = Files.createDirectories(folder.resolve("train").resolve(name));
            for (int i = label; i < count; i += CLASSES) {
                Files.write(train.resolve(i + ".jpg"), contents[i % contents.length]);
            }
            Path test = Files.createDirectories(folder.resolve("val").resolve(name));
            Files.write(test.resolve("0.jpg"), contents[label % contents.length]);
        }
    }

    private static byte[] jpeg(Random random) throws IOException {
        int width = HEIGHT + random.nextInt(86);
        BufferedImage coarse = new BufferedImage(width / 8, HEIGHT / 8, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < coarse.getWidth(); x++) {
            for (int y = 0; y < coarse.getHeight(); y++) {
                coarse.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        BufferedImage image = new BufferedImage(width, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D paint = image.createGraphics();
        paint.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        paint.drawImage(coarse, 0, 0, width, HEIGHT, null);
        paint.dispose();
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < HEIGHT; y++) {
                int noisy = 0;
                for (int shift = 0; shift <= 16; shift += 8) {
                    int value = (image.getRGB(x, y) >> shift & 0xFF) + (int) (8 * random.nextGaussian());
                    noisy |= Math.max(0, Math.min(255, value)) << shift;
                }
                image.setRGB(x, y, noisy);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "jpg", bytes)) {
            throw new IOException("this Java writes no JPEG");
        }
        return bytes.toByteArray();
    }
}
