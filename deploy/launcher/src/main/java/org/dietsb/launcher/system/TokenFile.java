package org.dietsb.launcher.system;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * A file with a secret of the systems that this user starts. Only the owner can read it.
 *
 * @param content of a new file; %s stands for the secret
 */
record TokenFile(Path file, String content) {
    private static final int BYTES = 32;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Returns the file with the token of writers. */
    static TokenFile of(Home home) {
        return new TokenFile(home.folder().resolve("token"), "%s");
    }

    /** Returns the file with the login of the broker, in the form in which Kafka's own tools take it. */
    static TokenFile ofKafka(Home home) {
        return new TokenFile(home.folder().resolve("kafka.properties"), """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="dietsb" password="%s";
                """.strip());
    }

    /** Returns what the file holds; null if it does not exist yet. */
    @Nullable
    String read() {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                throw new UserError(file + " is empty: delete it to have another created");
            }
            return token;
        } catch (IOException failed) {
            throw UserError.of("cannot read " + file, failed);
        }
    }

    /** Returns what the file holds. Creates a secret of 256 random bits if there is none; concurrent processes get the same one. */
    String readOrMake() {
        String known = read();
        if (known != null) {
            return known;
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String made = content.replace("%s", HexFormat.of().formatHex(random));
        try {
            // The link appears with its complete content, or not at all if another process was first.
            Path written = Files.createTempFile(file.getParent(), "token", "", OWNER_ONLY);
            try {
                Files.writeString(written, made + System.lineSeparator());
                Files.createLink(file, written);
                return made;
            } finally {
                Files.delete(written);
            }
        } catch (FileAlreadyExistsException another) {
            return readOrMake();
        } catch (IOException failed) {
            throw UserError.of("cannot write " + file, failed);
        }
    }
}
