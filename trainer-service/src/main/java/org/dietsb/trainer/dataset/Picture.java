package org.dietsb.trainer.dataset;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes the central square of a picture to a small RGB image; ignores transparency. Pictures that do not fit into the memory given
 * are read in bands of rows, with the same bits.
 *
 * <p>Java decodes PNG, and JPEG in grey and colour; TwelveMonkeys decodes JPEG in CMYK, and WebP. The readers are named here rather
 * than found by ImageIO, whose choice depends on the class path and the class loader.
 */
final class Picture {
    /** More than cameras produce, and small enough to be read in reasonable time. */
    private static final long MOST_PIXELS = 100_000_000;

    private static final int CHANNELS = 3;
    private static final int CMYK_CHANNELS = 4;

    /** Bytes that a pixel takes while it is decoded, apart from those of the result: rasters before conversion, macro blocks of WebP. */
    private static final int OVERHEAD_CMYK = 10;

    private static final int OVERHEAD_WEBP = 8;

    /** Warnings of libjpeg that stand for lost pixels; up to two digits of stray bytes before a marker are harmless. */
    private static final Pattern DAMAGE = Pattern.compile("(?i)(?!.*: \\d{1,2} extraneous bytes)"
            + ".*(corrupt jpeg data|premature end|truncated|instead of RST|inconsistent progression|invalid SOS).*");

    private static final ImageReaderSpi JPEG = ofJava("com.sun.imageio.plugins.jpeg.JPEGImageReaderSpi");
    private static final ImageReaderSpi PNG = ofJava("com.sun.imageio.plugins.png.PNGImageReaderSpi");
    private static final ImageReaderSpi CMYK = registered(new JPEGImageReaderSpi());
    private static final ImageReaderSpi WEBP = new WebPImageReaderSpi();

    private Picture() {}

    private static ImageReaderSpi ofJava(String name) {
        Iterator<ImageReaderSpi> known =
                IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
        while (known.hasNext()) {
            ImageReaderSpi one = known.next();
            if (one.getClass().getName().equals(name)) {
                return one;
            }
        }
        throw new IllegalStateException("this Java has no " + name);
    }

    /** Registers a reader, which finds the one of Java that it builds on by that. */
    private static ImageReaderSpi registered(ImageReaderSpi reader) {
        IIORegistry.getDefaultInstance().registerServiceProvider(reader, ImageReaderSpi.class);
        return reader;
    }

    /** How a picture is read: the central square, from {@code left} and {@code top}, in bands of rows. */
    private record Plan(int height, int left, int top, int side, int rows) {}

    /**
     * Decodes the central square, scaled bilinearly and, if it gets smaller, anti-aliased (a triangle filter as wide as two new
     * pixels).
     *
     * @param memory takes memory before anything is decoded
     * @return uint8 [3, size, size]
     */
    static byte[] decode(EncodedPicture picture, int size, DecodingMemory memory) throws BadPicture {
        try (ImageInputStream in = new ByteArrayImageInputStream(picture.bytes())) {
            ImageReader reader = provider(picture).createReaderInstance();
            try {
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                reader.setInput(in, false, true);
                long width = reader.getWidth(0);
                long height = reader.getHeight(0);
                if (width * height > MOST_PIXELS) {
                    throw new BadPicture("has " + width * height + " pixels, allowed is at most " + MOST_PIXELS);
                }
                int side = (int) Math.min(width, height);
                int left = (int) (width - side) / 2;
                int top = (int) (height - side) / 2;
                // Down to the bottom, below the square too, so that damage there is found.
                long bytesOfRow = (long) side * bytesOfPixel(picture, reader);
                boolean whole = picture.format() == EncodedPicture.Format.WEBP;
                long most = memory.most();
                if ((whole ? bytesOfRow * height : bytesOfRow) > most) {
                    throw new BadPicture("has " + width + " x " + height + " pixels, which take "
                            + (whole ? bytesOfRow * height : bytesOfRow) + " bytes to decode, " + Heap.bound());
                }
                int rows = (int) Math.min(height - top, most / bytesOfRow);
                long taken = memory.take(bytesOfRow * (whole ? height : rows));
                try {
                    byte[] planes = scaled(reader, new Plan((int) height, left, top, side, rows), whole, size);
                    for (String warning : warnings) {
                        if (DAMAGE.matcher(warning).matches()) {
                            throw new BadPicture("is damaged: " + warning);
                        }
                    }
                    return planes;
                } finally {
                    memory.giveBack(taken);
                }
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException undecodable) {
            String why = undecodable.getMessage() == null ? undecodable.toString() : undecodable.getMessage();
            throw new BadPicture("cannot be decoded: " + why, undecodable);
        }
    }

    private static ImageReaderSpi provider(EncodedPicture picture) {
        return switch (picture.format()) {
            case JPEG -> picture.channels() == CMYK_CHANNELS ? CMYK : JPEG;
            case PNG -> PNG;
            case WEBP -> WEBP;
        };
    }

    private static int bytesOfPixel(EncodedPicture picture, ImageReader reader) throws IOException {
        SampleModel samples = reader.getImageTypes(0).next().getSampleModel();
        int decoded = samples.getNumDataElements() * DataBuffer.getDataTypeSize(samples.getDataType()) / Byte.SIZE;
        return decoded
                + (picture.format() == EncodedPicture.Format.WEBP
                        ? OVERHEAD_WEBP
                        : picture.channels() == CMYK_CHANNELS ? OVERHEAD_CMYK : 0);
    }

    /** Reads the bands, and adds each row to the new pixels that are computed from it. */
    private static byte[] scaled(ImageReader reader, Plan plan, boolean whole, int size) throws IOException {
        Taps taps = Taps.of(plan.side, size);
        float[] sums = new float[CHANNELS * size * size];
        float[] line = new float[CHANNELS * size];
        float[] old = new float[CHANNELS * plan.side];
        int first = 0;
        for (int from = plan.top; from < plan.height; from += plan.rows) {
            int rows = Math.min(plan.rows, plan.height - from);
            ImageReadParam band = reader.getDefaultReadParam();
            if (!whole) {
                band.setSourceRegion(new Rectangle(plan.left, from, plan.side, rows));
            }
            BufferedImage image = reader.read(0, band);
            PictureRows colours = new PictureRows(image, whole ? plan.left : 0, plan.side);
            for (int row = 0; row < rows && from + row < plan.top + plan.side; row++) {
                int y = from + row - plan.top;
                colours.read(whole ? from + row : row, old);
                scale(old, plan.side, taps, line, size);
                while (first < size && taps.first[first] + taps.count <= y) {
                    first++;
                }
                for (int to = first; to < size && taps.first[to] <= y; to++) {
                    add(line, taps.weights[to * taps.count + y - taps.first[to]], sums, to, size);
                }
            }
        }
        byte[] planes = new byte[sums.length];
        for (int i = 0; i < planes.length; i++) {
            // Math.round of values from 0 on; in double, since a half added to a float may round up.
            planes[i] = (byte) Math.min(255, (int) (Math.max(0, sums[i]) + .5));
        }
        return planes;
    }

    /** Scales a row of old pixels, [3, side], to a line of new ones, [3, size]. */
    private static void scale(float[] old, int side, Taps taps, float[] line, int size) {
        int count = taps.count;
        int[] first = taps.first;
        float[] weights = taps.weights;
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int x = 0; x < size; x++) {
                int from = channel * side + first[x];
                int at = x * count;
                // Written out for the few pixels of a slight reduction.
                float sum = weights[at] * old[from];
                if (count > 1) {
                    sum += weights[at + 1] * old[from + 1];
                }
                if (count > 2) {
                    sum += weights[at + 2] * old[from + 2];
                }
                for (int tap = 3; tap < count; tap++) {
                    sum += weights[at + tap] * old[from + tap];
                }
                line[channel * size + x] = sum;
            }
        }
    }

    private static void add(float[] line, float weight, float[] sums, int row, int size) {
        if (weight == 0) {
            return;
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            int start = (channel * size + row) * size;
            int from = channel * size;
            for (int x = 0; x < size; x++) {
                sums[start + x] += weight * line[from + x];
            }
        }
    }

    /**
     * The old pixels that each new pixel is computed from, along one side.
     *
     * @param count number of old pixels, the same for each new one; those that do not count have weight 0
     * @param first index of the first old pixel, by new pixel
     * @param weights weights of the old pixels, [to, count], with a sum of 1
     */
    private record Taps(int count, int[] first, float[] weights) {

        static Taps of(int from, int to) {
            double step = (double) from / to;
            double reach = Math.max(1, step);
            int count = 1;
            for (int i = 0; i < to; i++) {
                count = Math.max(count, end(i, step, from) - begin(i, step));
            }
            int[] first = new int[to];
            float[] weights = new float[to * count];
            for (int i = 0; i < to; i++) {
                double middle = (i + .5) * step;
                int begin = begin(i, step);
                int end = end(i, step, from);
                double[] triangle = new double[end - begin];
                double sum = 0;
                for (int tap = 0; tap < triangle.length; tap++) {
                    triangle[tap] = Math.max(0, 1 - Math.abs(begin + tap + .5 - middle) / reach);
                    sum += triangle[tap];
                }
                first[i] = Math.min(begin, from - count);
                for (int tap = 0; tap < triangle.length; tap++) {
                    weights[i * count + begin - first[i] + tap] = (float) (triangle[tap] / sum);
                }
            }
            return new Taps(count, first, weights);
        }

        private static int begin(int to, double step) {
            return Math.max(0, (int) Math.round((to + .5) * step - Math.max(1, step)));
        }

        private static int end(int to, double step, int from) {
            return Math.min(from, (int) Math.round((to + .5) * step + Math.max(1, step)));
        }
    }
}
