package org.dietsb.selector.door;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session of the control room.
 *
 * @param begun time of the sign-in
 * @param until end of the session, unless it is used before
 * @param encrypted whether the browser reaches the service over https
 * @param token as typed; whether it is valid is decided at each request
 */
record Session(Instant begun, Instant until, boolean encrypted, String name, String token) {
    /** Time after the sign-in at which a session ends, however much it is used. */
    private static final Duration LONGEST = Duration.ofHours(24);

    static Session begin(Instant now, Duration unused, boolean encrypted, String name, String token) {
        return new Session(now, now, encrypted, name, token).used(now, unused);
    }

    boolean isOver(Instant now) {
        return !now.isBefore(until);
    }

    /** Returns the session extended by its use; the same if less than half of its time has passed. */
    Session used(Instant now, Duration unused) {
        Instant later = now.plus(unused);
        Instant last = begun.plus(LONGEST);
        Instant end = later.isBefore(last) ? later : last;
        return Duration.between(now, until).compareTo(unused.dividedBy(2)) > 0 || !end.isAfter(until)
                ? this
                : new Session(begun, end, encrypted, name, token);
    }

    /** Returns the session as one line per part. Names and tokens have no line breaks. */
    String text() {
        return String.join("\n", "" + begun.getEpochSecond(), "" + until.getEpochSecond(), "" + encrypted, name, token);
    }

    /** Returns the session of a text that {@link #text} wrote; null if there is none. */
    static @Nullable Session of(@Nullable String text) {
        String[] parts = text == null ? new String[0] : text.split("\n", -1);
        return parts.length != 5
                ? null
                : new Session(
                        Instant.ofEpochSecond(Long.parseLong(parts[0])),
                        Instant.ofEpochSecond(Long.parseLong(parts[1])),
                        Boolean.parseBoolean(parts[2]),
                        parts[3],
                        parts[4]);
    }
}
