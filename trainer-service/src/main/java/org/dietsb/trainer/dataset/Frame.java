package org.dietsb.trainer.dataset;

/** What is cut out of an image with its black border, and whether it is mirrored. */
record Frame(int down, int right, boolean mirrored) {
    /** Border, and so the largest offset of the random crop, as usual for images of 28 and 32 pixels. */
    static final int BORDER = 4;

    /** The image without its border. */
    static final Frame WHOLE = new Frame(BORDER, BORDER, false);
}
