package org.dietsb.faults.log;

/**
 * A message of a topic.
 *
 * @param millis time of writing, by its producer's clock
 */
public record Entry<T>(int partition, long offset, long millis, T message) {

    /** Returns another message at the same place. */
    public Entry<T> with(T other) {
        return new Entry<>(partition, offset, millis, other);
    }
}
