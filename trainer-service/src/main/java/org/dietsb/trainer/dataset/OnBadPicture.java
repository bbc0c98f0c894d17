package org.dietsb.trainer.dataset;

import org.dietsb.contracts.Label;

/**
 * What to do about a file of an image folder that is no readable picture: damaged, unreadable, of another format, or in no folder of
 * a class.
 */
public enum OnBadPicture {
    /** Refuse the dataset, naming the file. */
    FAIL,
    /** Leave the file out, and count it. */
    SKIP;

    @Override
    public String toString() {
        return Label.of(this);
    }
}
