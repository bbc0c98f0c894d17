package org.dietsb.trainer.dataset;

import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * How an image folder is read.
 *
 * @param size side of the square that pictures are scaled to, in pixels; 0 = the usual one
 * @param mayRead whether a link may lead to this folder or file, given by its real path
 */
public record PictureRules(int size, OnBadPicture onBad, Predicate<Path> mayRead) {
    private static final int USUAL_SIZE = 32;

    /** Every picture must be readable, at the usual size, and links may lead anywhere. */
    public static final PictureRules USUAL = new PictureRules(0, OnBadPicture.FAIL, anywhere -> true);

    int side() {
        return size == 0 ? USUAL_SIZE : size;
    }
}
