package org.dietsb.trainer.dataset;

import org.jspecify.annotations.Nullable;

/** Pixels that are decoded from their files on each use. A file whose content has changed since the dataset was opened is refused. */
final class StreamedPixels implements Pixels {
    private final PictureFiles files;
    /** By image: its file; null if all files are pictures. */
    private final int @Nullable [] fileOf;
    /** By file: the first 8 bytes of the checksum of its content. */
    private final long[] checksums;

    StreamedPixels(PictureFiles files, int @Nullable [] fileOf, long[] checksums) {
        this.files = files;
        this.fileOf = fileOf;
        this.checksums = checksums;
    }

    @Override
    public boolean isStreamed() {
        return true;
    }

    @Override
    public byte[] image(int image, int bytesOfOne) {
        int file = fileOf == null ? image : fileOf[image];
        PictureFiles.Item item = files.read(file, true);
        byte[] pixels = item.pixels();
        if (pixels == null) {
            throw new PictureLostException(files.index().file(file) + " " + item.reason());
        }
        if (PictureIndex.start(item.checksum()) != checksums[file]) {
            throw new PictureLostException(
                    files.index().file(file) + " has changed since its dataset was opened for this run");
        }
        return pixels;
    }

    @Override
    public void copy(int image, byte[] into) {
        byte[] pixels = image(image, into.length);
        System.arraycopy(pixels, 0, into, 0, pixels.length);
    }
}
