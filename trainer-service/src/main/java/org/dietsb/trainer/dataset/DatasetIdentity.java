package org.dietsb.trainer.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.dietsb.contracts.Sha256;

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

    static DatasetIdentity of(String name, int classes, ImageSet train) {
        MessageDigest digest = Sha256.digest();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(16)
                .putInt(train.count())
                .putInt(train.channels())
                .putInt(train.height())
                .putInt(train.width())
                .flip());
        byte[] image = new byte[train.bytesOfOne()];
        for (int i = 0; i < train.count(); i++) {
            train.pixels().copy(i, image);
            digest.update(image);
        }
        // One byte per label if that is sufficient, as in the files of the datasets with bytes as labels.
        int bytesOfLabel = classes <= 256 ? 1 : 4;
        ByteBuffer labels = ByteBuffer.allocate(Math.multiplyExact(train.count(), bytesOfLabel));
        for (int label : train.labels()) {
            if (bytesOfLabel == 1) {
                labels.put((byte) label);
            } else {
                labels.putInt(label);
            }
        }
        digest.update(labels.flip());
        return new DatasetIdentity(name, train.count(), classes, HexFormat.of().formatHex(digest.digest()));
    }
}
