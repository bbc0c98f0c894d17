package org.dietsb.kit.door;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** A configured bearer token. Stores only its digest and compares in constant time. */
final class Token {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

    private final byte[] digest;

    /**
     * Stores the digest of a token.
     *
     * @param setting name of the setting that holds the token
     * @throws IllegalArgumentException if the token is too short or cannot be sent in a header; the message names the setting
     */
    Token(String setting, String value) {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    setting + " is not a valid token, allowed are at least 16 characters of [A-Za-z0-9._~+/-]");
        }
        this.digest = digest(value);
    }

    boolean matches(String presented) {
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
