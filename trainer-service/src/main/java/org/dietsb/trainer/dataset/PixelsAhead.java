package org.dietsb.trainer.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes images before they are used, in an order that is announced, on threads of its own: a ring of decoded images, half of it ahead
 * of the last one that was used, half behind it. An image that is not in the ring, because it was not announced or was used long ago, is
 * decoded when it is used. Memory is bounded by the size of the ring, whatever the number of threads.
 *
 * <p>One thread announces; images may be used on any thread.
 */
final class PixelsAhead implements AutoCloseable {
    /** More threads than this gain nothing beside a network that trains. */
    private static final int MOST_THREADS = 16;

    private static final int NONE = -1;

    private final Pixels pixels;
    private final int bytesOfOne;
    private final int ahead;
    private final Thread[] threads =
            new Thread[Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())];

    private final Object lock = new Object();
    /** By place in the order, modulo the size of the ring: the image, or the exception that it cannot be decoded with. */
    private final @Nullable Object[] ring;
    /** The place in the order that an element of the ring is of; {@value #NONE} while it is replaced. */
    private final int[] placeIn;

    private int[] order = {};
    /** By image: its place in the order. */
    private final int[] placeOf;
    /** The next place to decode. */
    private int next;
    /** The place after the last one that was used. */
    private int reached;
    /** Counts the orders, so that what was decoded for an earlier one is dropped. */
    private int orders;

    private long late;
    private boolean closed;

    /**
     * Creates the ring; threads start with the first order.
     *
     * @param count number of images
     * @param memory bytes that the ring may take
     */
    PixelsAhead(Pixels pixels, int count, int bytesOfOne, long memory) {
        int size = (int) Math.max(2, Math.min(count, memory / bytesOfOne));
        this.pixels = pixels;
        this.bytesOfOne = bytesOfOne;
        this.ahead = (size + 1) / 2;
        this.ring = new Object[size];
        this.placeIn = new int[size];
        this.placeOf = new int[count];
        Arrays.fill(placeIn, NONE);
        Arrays.fill(placeOf, NONE);
    }

    /** Announces the images that will be used, in their order, in place of those announced before. */
    void expect(int[] images) {
        synchronized (lock) {
            for (int image : order) {
                placeOf[image] = NONE;
            }
            order = images.clone();
            for (int i = 0; i < order.length; i++) {
                placeOf[order[i]] = i;
            }
            Arrays.fill(ring, null);
            Arrays.fill(placeIn, NONE);
            next = 0;
            reached = 0;
            orders++;
            for (int i = 0; i < threads.length && !closed; i++) {
                if (threads[i] == null) {
                    threads[i] = new Thread(this::decodeAhead, "decoding-" + i);
                    threads[i].setDaemon(true);
                    threads[i].start();
                }
            }
            lock.notifyAll();
        }
    }

    private void decodeAhead() {
        while (true) {
            int image;
            int place;
            int forOrder;
            synchronized (lock) {
                while (!closed && (next >= order.length || next >= reached + ahead)) {
                    try {
                        lock.wait();
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                }
                if (closed) {
                    return;
                }
                place = next++;
                image = order[place];
                forOrder = orders;
                ring[place % ring.length] = null;
                placeIn[place % ring.length] = NONE;
            }
            Object decoded;
            try {
                decoded = pixels.image(image, bytesOfOne);
            } catch (RuntimeException | Error failed) {
                decoded = failed;
            }
            synchronized (lock) {
                // Unless a later place has taken its element meanwhile.
                if (forOrder == orders && next <= place + ring.length) {
                    ring[place % ring.length] = decoded;
                    placeIn[place % ring.length] = place;
                    lock.notifyAll();
                }
            }
        }
    }

    /**
     * Returns an image, which must not be modified; waits for it if it is being decoded.
     *
     * @throws PictureLostException if it can no longer be decoded
     */
    byte[] image(int image) {
        Object decoded = awaited(image);
        if (decoded instanceof byte[] whole) {
            return whole;
        }
        if (decoded instanceof PictureLostException lost) {
            throw new PictureLostException(String.valueOf(lost.getMessage()));
        }
        if (decoded instanceof Throwable failed) {
            throw new IllegalStateException("cannot decode image " + image + ": " + failed, failed);
        }
        return pixels.image(image, bytesOfOne);
    }

    /** Returns what was decoded ahead; null if it is not in the ring, nor will be. */
    private @Nullable Object awaited(int image) {
        synchronized (lock) {
            int place = placeOf[image];
            if (place >= reached) {
                reached = place + 1;
                lock.notifyAll();
            }
            while (place != NONE && !closed) {
                int at = place % ring.length;
                if (placeIn[at] == place) {
                    return Objects.requireNonNull(ring[at], "decoded");
                }
                if (next > place + ring.length) {
                    break;
                }
                try {
                    lock.wait();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            late++;
            return null;
        }
    }

    /** Number of images that were decoded when they were used. */
    long late() {
        synchronized (lock) {
            return late;
        }
    }

    /** Ends the threads; returns when they have ended. */
    @Override
    public void close() {
        List<Thread> started = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            for (Thread thread : threads) {
                if (thread != null) {
                    started.add(thread);
                }
            }
        }
        for (Thread thread : started) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
