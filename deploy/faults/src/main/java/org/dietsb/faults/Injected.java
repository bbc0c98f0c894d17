package org.dietsb.faults;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.plan.Fault;
import org.dietsb.faults.reference.Question;
import org.dietsb.launcher.text.Format;
import org.jspecify.annotations.Nullable;

/**
 * A fault that struck.
 *
 * @param part name of the part that it struck
 * @param atMillis time
 * @param standstillSeconds longest time without the mask of a new batch, from this fault until the next; null if no such mask was
 *     left
 */
record Injected(
        @JsonIgnore Fault planned,
        String part,
        long atMillis,
        @Nullable Double standstillSeconds) {

    /**
     * Returns the same with its standstill. A standstill that begins before the next fault counts to its end; one that began
     * before this fault counts from this fault on.
     *
     * @param nextMillis time of the next fault; {@link Long#MAX_VALUE} if there is none
     */
    Injected in(Recording recording, long nextMillis) {
        Set<Question> answered = new HashSet<>();
        List<Long> progress = recording.masks().stream()
                .filter(entry -> entry.message().hasBatchMask())
                .filter(entry -> answered.add(new Question(
                        0,
                        entry.message().getBatchMask().getEpoch(),
                        entry.message().getBatchMask().getBatch())))
                .map(Entry::millis)
                .filter(millis -> millis > atMillis)
                .toList();
        long since = atMillis;
        Double longest = null;
        for (long millis : progress) {
            if (since < nextMillis) {
                double seconds = (millis - since) / 1e3;
                longest = longest == null ? seconds : Math.max(longest, seconds);
            }
            since = millis;
        }
        return new Injected(planned, part, atMillis, longest);
    }

    /** Names the kind of part and of fault. */
    @JsonProperty
    String fault() {
        return planned.name();
    }

    @JsonProperty
    double holdSeconds() {
        return planned.hold().toMillis() / 1e3;
    }

    @Override
    public String toString() {
        return planned + ", " + part + ": "
                + (standstillSeconds == null
                        ? "nothing left to do"
                        : Format.text("stood still for %.1f s", standstillSeconds));
    }
}
