package org.dietsb.trainer.dataset;

/**
 * The identity of the data that a run trains on.
 *
 * @param count number of training examples, after the limit
 * @param checksum SHA-256 in hex over name, count, shape, pixels and labels of the training examples
 * @param skipped number of files of both splits of an image folder that are left out because they are no readable pictures
 */
public record DatasetIdentity(String name, int count, int classes, String checksum, int skipped) {

    /** Creates the identity of data of which nothing is left out. */
    public DatasetIdentity(String name, int count, int classes, String checksum) {
        this(name, count, classes, checksum, 0);
    }
}
