package org.dietsb.selector.mask;

import java.util.List;
import org.dietsb.selector.wire.MaskMessage;

/**
 * A look-up or a decision that an answer depends on is not finished, or only some of the answers are there: nothing has changed, and the
 * message is to be answered again later.
 */
final class PendingException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<MaskMessage> first;

    PendingException() {
        this(List.of());
    }

    /**
     * Creates one for a message with many answers.
     *
     * @param first the first of the answers that are left; the others are there at once when it is answered again
     */
    PendingException(List<MaskMessage> first) {
        super("a look-up or a decision is not finished", null, false, false);
        this.first = List.copyOf(first);
    }

    List<MaskMessage> first() {
        return first;
    }
}
