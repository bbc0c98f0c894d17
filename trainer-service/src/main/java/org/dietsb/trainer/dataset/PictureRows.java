package org.dietsb.trainer.dataset;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import org.jspecify.annotations.Nullable;

/** Reads rows of a decoded picture, or of a band of it, as red, green and blue. */
final class PictureRows {
    private final BufferedImage image;
    private final int left;
    private final int side;
    private final boolean isGrey;
    /** The bytes of blue, green and red, if the picture holds nothing else. */
    private final byte @Nullable [] bytes;

    private final int bytesOfRow;

    /**
     * Creates a reader.
     *
     * @param left the first column to read
     * @param side number of columns to read
     */
    PictureRows(BufferedImage image, int left, int side) {
        this.image = image;
        this.left = left;
        this.side = side;
        ColorSpace space = image.getColorModel().getColorSpace();
        this.isGrey = space.getType() == ColorSpace.TYPE_GRAY;
        boolean isPlain = image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && space.isCS_sRGB()
                && image.getRaster().getParent() == null
                && image.getRaster().getDataBuffer().getOffset() == 0;
        this.bytes =
                isPlain && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer ? buffer.getData() : null;
        this.bytesOfRow = image.getSampleModel() instanceof PixelInterleavedSampleModel interleaved
                ? interleaved.getScanlineStride()
                : 0;
    }

    /** Reads a row, [3, side], in [0, 255]. Grey values are read as they are: Java would treat them as linear and brighten them. */
    void read(int y, float[] row) {
        if (bytes != null) {
            int at = y * bytesOfRow + 3 * left;
            for (int x = 0; x < side; x++) {
                row[x] = bytes[at + 2] & 0xFF;
                row[side + x] = bytes[at + 1] & 0xFF;
                row[2 * side + x] = bytes[at] & 0xFF;
                at += 3;
            }
        } else if (isGrey) {
            int bits = image.getColorModel().getComponentSize(0);
            int[] shades = image.getRaster().getSamples(left, y, side, 1, 0, (int[]) null);
            for (int x = 0; x < side; x++) {
                int shade = shades[x] * 255 / ((1 << bits) - 1);
                row[x] = shade;
                row[side + x] = shade;
                row[2 * side + x] = shade;
            }
        } else {
            int[] colours = image.getRGB(left, y, side, 1, null, 0, side);
            for (int x = 0; x < side; x++) {
                row[x] = colours[x] >> 16 & 0xFF;
                row[side + x] = colours[x] >> 8 & 0xFF;
                row[2 * side + x] = colours[x] & 0xFF;
            }
        }
    }
}
