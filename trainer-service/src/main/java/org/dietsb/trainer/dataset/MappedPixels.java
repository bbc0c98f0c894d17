package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Pixels in a memory-mapped file: the operating system loads pages on use and evicts them when memory is short. The file may be
 * deleted, but must not be modified.
 */
final class MappedPixels implements Pixels {
    private static final int BYTES_OF_A_MAP = 1 << 30;

    private final int bytesOfOne;
    private final int imagesOfAMap;
    private final MappedByteBuffer[] maps;

    /** Maps a number of images from an offset; the channel may be closed afterwards. */
    MappedPixels(FileChannel file, long from, int count, int bytesOfOne) throws IOException {
        this.bytesOfOne = bytesOfOne;
        this.imagesOfAMap = BYTES_OF_A_MAP / bytesOfOne;
        this.maps = new MappedByteBuffer[(count + imagesOfAMap - 1) / imagesOfAMap];
        for (int i = 0; i < maps.length; i++) {
            long images = Math.min(imagesOfAMap, count - (long) i * imagesOfAMap);
            maps[i] = file.map(
                    FileChannel.MapMode.READ_ONLY, from + (long) i * imagesOfAMap * bytesOfOne, images * bytesOfOne);
        }
    }

    @Override
    public void copy(int image, byte[] into) {
        maps[image / imagesOfAMap].get(image % imagesOfAMap * bytesOfOne, into, 0, bytesOfOne);
    }
}
