package org.dietsb.kit.door;

import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events that show something each time it has changed. The id of an event is a checksum of its data, so that it is the same
 * from every process and after a restart; a client that comes back with the id it saw last gets the data only if they have changed.
 * Comments in between keep a quiet connection from being closed by a proxy.
 */
public final class EventStream {
    /** Sent at once, so that a client knows that the stream is open. */
    static final String OPEN = "open";
    /** Sent at each heartbeat. */
    static final String ALIVE = "alive";

    private static final int ID_BYTES = 8;

    private final Sse sse;
    private final Duration heartbeat;

    /**
     * Creates streams.
     *
     * @param heartbeat time from one comment to the next
     */
    public EventStream(Sse sse, Duration heartbeat) {
        this.sse = sse;
        this.heartbeat = heartbeat;
    }

    /**
     * Returns the events, which end with the states.
     *
     * @param name name of the events
     * @param states data of the events; a state that equals the one before it is left out
     * @param seen id of the event that the client saw last; null if it saw none
     */
    public Multi<OutboundSseEvent> of(String name, Multi<String> states, @Nullable String seen) {
        return Multi.createFrom().deferred(() -> {
            AtomicReference<@Nullable String> last = new AtomicReference<>(seen);
            Multi<Optional<OutboundSseEvent>> changes = states.map(state -> event(name, state))
                    .filter(event -> !event.getId().equals(last.getAndSet(event.getId())))
                    .map(Optional::of)
                    .onCompletion()
                    .continueWith(Optional.empty());
            return Multi.createBy()
                    .merging()
                    .streams(changes, comments().map(Optional::of))
                    .select()
                    .first(Optional::isPresent)
                    .map(Optional::orElseThrow);
        });
    }

    private OutboundSseEvent event(String name, String data) {
        return sse.newEventBuilder()
                .id(id(data))
                .name(name)
                .mediaType(MediaType.TEXT_PLAIN_TYPE)
                .data(String.class, data)
                .build();
    }

    private Multi<OutboundSseEvent> comments() {
        Multi<OutboundSseEvent> alive = Multi.createFrom()
                .ticks()
                .startingAfter(heartbeat)
                .every(heartbeat)
                .onOverflow()
                .drop()
                .map(tick -> comment(ALIVE));
        return Multi.createBy().concatenating().streams(Multi.createFrom().item(() -> comment(OPEN)), alive);
    }

    private OutboundSseEvent comment(String text) {
        return sse.newEventBuilder().comment(text).build();
    }

    private static String id(String data) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(data.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new AssertionError(everyJavaHasIt);
        }
    }
}
