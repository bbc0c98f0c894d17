package org.dietsb.trainer.dataset;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * How an image folder is read.
 *
 * @param size side of the square that pictures are scaled to, in pixels; 0 = the usual one
 * @param mostDecoded largest size in bytes of a split whose decoded pictures are kept
 * @param mayRead whether a link may lead to this folder or file, given by its real path
 */
public record PictureRules(int size, OnBadPicture onBad, long mostDecoded, Predicate<Path> mayRead) {
    private static final int USUAL_SIZE = 32;

    /** Every picture must be readable, at the usual size, and links may lead anywhere. */
    public static final PictureRules USUAL = new PictureRules(0, OnBadPicture.FAIL, Long.MAX_VALUE, anywhere -> true);

    /** Returns half of the memory of this machine, or of this container if that has less. */
    public static long halfOfMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / 2;
    }

    int side() {
        return size == 0 ? USUAL_SIZE : size;
    }
}
