package org.dietsb.trainer.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.dietsb.contracts.Sha256;

/**
 * What a run really trains on.
 *
 * @param count training examples, after the limit
 * @param checksum SHA-256 in hex over name, count, shape, pixels and labels of the training examples
 */
public record DatasetIdentity(String name, int count, int classes, String checksum) {

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
        // A byte a label where that is enough, as the sets have it that are read from bytes.
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
