package org.dietsb.scorer.door;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** A bearer token of the configuration. What it is compared with takes as long whether it is nearly right or not. */
final class Token {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

    private final byte[] digest;

    /**
     * Keeps its digest alone.
     *
     * @param setting whose value it is
     * @throws IllegalArgumentException naming the setting, if it is too short or could not stand in a header
     */
    Token(String setting, String value) {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    setting + " is no token, allowed are at least 16 characters of [A-Za-z0-9._~+/-]");
        }
        this.digest = digest(value);
    }

    boolean is(String presented) {
        return MessageDigest.isEqual(digest, digest(presented));
    }

    private static byte[] digest(String value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new AssertionError(everyJavaHasIt);
        }
    }
}
