package org.dietsb.trainer.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a run really trains on.
 *
 * @param count training examples, after the limit
 * @param checksum SHA-256 in hex over name, count, shape, pixels and labels of the training examples
 */
public record DatasetIdentity(String name, int count, int classes, String checksum) {

    static DatasetIdentity of(String name, int classes, ImageSet train) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(16)
                    .putInt(train.count())
                    .putInt(train.channels())
                    .putInt(train.height())
                    .putInt(train.width())
                    .flip());
            digest.update(train.pixels());
            digest.update(train.labels());
            return new DatasetIdentity(
                    name, train.count(), classes, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
