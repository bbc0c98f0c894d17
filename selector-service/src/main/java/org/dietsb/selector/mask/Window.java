package org.dietsb.selector.mask;

import java.util.ArrayDeque;

/** As many messages as a trainer may wait for at a time: the oldest, which it cannot wait for any more, makes room for the next. */
final class Window<E> extends ArrayDeque<E> {
    private static final long serialVersionUID = 1L;

    /** The largest window of a trainer. */
    static final int LARGEST = 64;

    private final int most;

    /** Creates an empty one for a trainer with this window; 0 if the trainer does not say. */
    Window(int window) {
        this.most = size(window);
    }

    /** Returns the number of messages under way of a trainer with this window; 0 if the trainer does not say. */
    static int size(int window) {
        return window < 1 || window > LARGEST ? LARGEST : window;
    }

    @Override
    public boolean add(E message) {
        super.add(message);
        while (size() > most) {
            remove();
        }
        return true;
    }
}
