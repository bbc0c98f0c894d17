package org.dietsb.contracts;

import java.io.IOException;
import java.util.Optional;

/** Reads single messages of a topic again. */
@FunctionalInterface
public interface MessageAt {
    /**
     * Returns the message at an offset; empty if it is no longer there.
     *
     * @throws IOException if the topic cannot be read now
     */
    Optional<byte[]> read(long offset) throws IOException;
}
