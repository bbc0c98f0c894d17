package org.dietsb.launcher.report;

import java.util.List;

/** Training images, by index, each with what is said below it. */
public record Gallery(String caption, List<Picture> pictures) {
    /** Copies its list. */
    public Gallery {
        pictures = List.copyOf(pictures);
    }

    /** An image and its class. */
    public record Picture(int index, String label, String value) {}
}
