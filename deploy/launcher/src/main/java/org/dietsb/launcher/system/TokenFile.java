package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

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
import org.jspecify.annotations.Nullable;

/** The token of the systems that this user starts, in a file that nobody else may read. */
record TokenFile(Path file) {
    private static final int BYTES = 32;
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    static TokenFile of(Home home) {
        return new TokenFile(home.folder().resolve("token"));
    }

    /** The token; null if there is none yet. */
    @Nullable
    String read() {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                throw new UserError(file + " is empty: delete it, and another token is made");
            }
            return token;
        } catch (IOException failed) {
            throw new UserError("cannot read " + file + ": " + failed);
        }
    }

    /** The token, made now if there is none: 256 random bits. Of several processes all get the same. */
    String readOrMake() {
        String known = read();
        if (known != null) {
            return known;
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String made = HexFormat.of().formatHex(random);
        try {
            // It gets its name whole, or not at all where another was first.
            Path written = Files.createTempFile(file.getParent(), "token", "", OWNERS_ALONE);
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
