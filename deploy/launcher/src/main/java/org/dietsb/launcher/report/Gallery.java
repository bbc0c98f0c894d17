package org.dietsb.launcher.report;

import java.util.List;

/** Training images, each with a caption. */
public record Gallery(String caption, List<Picture> pictures) {
    /** Copies its list. */
    public Gallery {
        pictures = List.copyOf(pictures);
    }

    /**
     * A training image.
     *
     * @param label name of the class
     * @param value text below the image
     */
    public record Picture(int index, String label, String value) {}
}
