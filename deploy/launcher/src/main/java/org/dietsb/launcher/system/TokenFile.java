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

/** The file with the token of the systems that this user starts. Only the owner can read it. */
record TokenFile(Path file) {
    private static final int BYTES = 32;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    static TokenFile of(Home home) {
        return new TokenFile(home.folder().resolve("token"));
    }

    /** Returns the token; null if the file does not exist yet. */
    @Nullable
    String read() {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                throw new UserError(file + " is empty: delete it to have a new token created");
            }
            return token;
        } catch (IOException failed) {
            throw new UserError("cannot read " + file + ": " + failed);
        }
    }

    /** Returns the token. Creates one of 256 random bits if there is none; concurrent processes get the same one. */
    String readOrMake() {
        String known = read();
        if (known != null) {
            return known;
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String made = HexFormat.of().formatHex(random);
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
            throw new UserError("cannot write " + file + ": " + failed);
        }
    }
}
