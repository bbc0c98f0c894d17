package org.dietsb.faults;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A fault that struck.
 *
 * @param part which of its kind
 * @param atMillis when
 */
record Injected(Fault fault, String part, long atMillis) {
    private record Place(int epoch, int batch) {}

    /**
     * The longest time in seconds without a mask for a batch that had none yet, from this fault until the next one. What began
     * before the next one counts to its end, what began before this one from this one on. Empty if no such mask was left.
     *
     * @param nextMillis when the next fault struck; {@link Long#MAX_VALUE} if none did
     */
    OptionalDouble standstillSeconds(Recording recording, long nextMillis) {
        Set<Place> answered = new HashSet<>();
        List<Long> progress = recording.masks().stream()
                .filter(entry -> entry.message().hasBatchMask())
                .filter(entry -> answered.add(new Place(
                        entry.message().getBatchMask().getEpoch(),
                        entry.message().getBatchMask().getBatch())))
                .map(Entry::millis)
                .filter(millis -> millis > atMillis)
                .toList();
        long since = atMillis;
        double longest = -1;
        for (long millis : progress) {
            if (since < nextMillis) {
                longest = Math.max(longest, (millis - since) / 1e3);
            }
            since = millis;
        }
        return longest < 0 ? OptionalDouble.empty() : OptionalDouble.of(longest);
    }
}
