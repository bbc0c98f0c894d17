package org.dietsb.faults;

/**
 * A message of a topic.
 *
 * @param millis when it was written, by its producer's clock
 */
record Entry<T>(int partition, long offset, long millis, T message) {
    /** The same at the same place with other content. */
    Entry<T> with(T another) {
        return new Entry<>(partition, offset, millis, another);
    }
}
