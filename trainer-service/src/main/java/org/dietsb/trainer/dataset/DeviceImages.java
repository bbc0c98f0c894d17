package org.dietsb.trainer.dataset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;

/**
 * An image set on the device, as uint8 with a black border of {@value #PAD} pixels. Batches are gathered, cropped, flipped
 * and normalised there; from the host come one offset and one direction an example. Trainer thread only.
 */
public final class DeviceImages implements AutoCloseable {
    /** Border, and so the reach of the random crop, as usual for 28 and 32 pixel images. */
    private static final int PAD = 4;

    /** Its number in PyTorch. */
    private static final int BILINEAR = 2;

    private final ImageSet set;
    private final NDManager manager;
    private final NDArray padded;
    private final NDArray rows;
    private final NDArray columns;
    private final NDArray mean;
    private final NDArray std;
    private final int paddedWidth;
    private final int paddedPlane;
    private long gathered;

    /**
     * Copies the set to the device of the manager.
     *
     * @param mean of each channel, pixels scaled to [0, 1]
     */
    public DeviceImages(NDManager parent, ImageSet set, float[] mean, float[] std) {
        this.set = set;
        this.manager = parent.newSubManager();
        this.paddedWidth = set.width() + 2 * PAD;
        this.paddedPlane = paddedWidth * (set.height() + 2 * PAD);
        this.padded = manager.create(
                ByteBuffer.wrap(withBorder()),
                new Shape((long) set.count() * set.channels() * paddedPlane),
                DataType.UINT8);
        long[] rowStarts = new long[set.channels() * set.height()];
        for (int channel = 0; channel < set.channels(); channel++) {
            for (int row = 0; row < set.height(); row++) {
                rowStarts[channel * set.height() + row] = (long) channel * paddedPlane + (long) row * paddedWidth;
            }
        }
        this.rows = manager.create(rowStarts, new Shape(1, set.channels(), set.height(), 1));
        long[] places = new long[set.width()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        this.columns = manager.create(places, new Shape(1, 1, 1, set.width()));
        this.mean = manager.create(scaled(mean), new Shape(1, set.channels(), 1, 1));
        this.std = manager.create(scaled(std), new Shape(1, set.channels(), 1, 1));
    }

    private static float[] scaled(float[] values) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= 255;
        }
        return scaled;
    }

    private byte[] withBorder() {
        byte[] bordered = new byte[Math.multiplyExact(set.count() * set.channels(), paddedPlane)];
        int plane = set.height() * set.width();
        for (int image = 0; image < set.count() * set.channels(); image++) {
            for (int row = 0; row < set.height(); row++) {
                System.arraycopy(
                        set.pixels(),
                        image * plane + row * set.width(),
                        bordered,
                        image * paddedPlane + (row + PAD) * paddedWidth + PAD,
                        set.width());
            }
        }
        return bordered;
    }

    public int count() {
        return set.count();
    }

    /** Examples gathered so far. */
    public long gathered() {
        return gathered;
    }

    /** The examples as they are: float32 [B, C, H, W], normalised, of the given manager. */
    public NDArray gather(NDManager into, int[] indices) {
        long[] starts = new long[indices.length];
        long[] directions = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            starts[i] = start(indices[i], PAD, PAD);
            directions[i] = 1;
        }
        return gather(into, starts, directions);
    }

    /**
     * The examples, each cropped at random from its black border and flipped with probability 1/2: drawn from the seed, the
     * epoch and the example's index alone, so that an example looks the same whenever it is gathered within an epoch.
     */
    public NDArray gatherAugmented(NDManager into, int[] indices, long seed, int epoch, boolean crop, boolean flip) {
        long[] starts = new long[indices.length];
        long[] directions = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            AugmentationDraw draw = AugmentationDraw.of(seed, epoch, indices[i], PAD);
            int down = crop ? draw.down() : PAD;
            int right = crop ? draw.right() : PAD;
            boolean mirrored = flip && draw.flipped();
            starts[i] = start(indices[i], down, mirrored ? right + set.width() - 1 : right);
            directions[i] = mirrored ? -1 : 1;
        }
        return gather(into, starts, directions);
    }

    private long start(int index, int down, int right) {
        return (long) index * set.channels() * paddedPlane + (long) down * paddedWidth + right;
    }

    private NDArray gather(NDManager into, long[] starts, long[] directions) {
        gathered += starts.length;
        try (NDManager scratch = into.newSubManager()) {
            Shape oneEach = new Shape(starts.length, 1, 1, 1);
            NDArray places = scratch.create(directions, oneEach).mul(columns);
            places = places.add(scratch.create(starts, oneEach)).add(rows);
            NDArray pixels = padded.take(scratch, places).toType(DataType.FLOAT32, false);
            NDArray normalised = pixels.subi(mean).divi(std);
            normalised.attach(into);
            return normalised;
        }
    }

    /**
     * Images scaled down, bilinear and anti-aliased (a filter of triangles as wide as two new pixels): [B, C, H, W] to [B, C,
     * round(scale H), round(scale W)], of the same manager.
     *
     * @param scale in (0, 1]
     */
    public static NDArray scaled(NDArray images, double scale) {
        long height = Math.max(1, Math.round(scale * images.getShape().get(2)));
        long width = Math.max(1, Math.round(scale * images.getShape().get(3)));
        return JniUtils.interpolate((PtNDArray) images, new long[] {height, width}, BILINEAR, false);
    }

    /** Classes of the examples: int64 [B]. */
    public NDArray labels(NDManager into, int[] indices) {
        long[] labels = new long[indices.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = set.label(indices[i]);
        }
        return into.create(labels);
    }

    @Override
    public void close() {
        manager.close();
    }
}
