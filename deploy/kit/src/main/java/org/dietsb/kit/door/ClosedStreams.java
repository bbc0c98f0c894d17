package org.dietsb.kit.door;

import io.quarkus.logging.LoggingFilter;
import java.nio.channels.ClosedChannelException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out of the log that a stream of events was closed by its reader while an event was on its way. Quarkus cancels the stream then, which is
 * all there is to do, but logs an error for the event that could not be written. Every other failure of a stream is logged.
 */
@LoggingFilter(name = ClosedStreams.NAME)
public final class ClosedStreams implements Filter {
    static final String NAME = "closed-streams";
    /** Writes the events of streams. */
    static final String WRITER = "org.jboss.resteasy.reactive.server.handlers.PublisherResponseHandler";

    @Override
    public boolean isLoggable(LogRecord line) {
        return !(WRITER.equals(line.getLoggerName()) && isClosed(line.getThrown()));
    }

    private static boolean isClosed(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedChannelException) {
                return true;
            }
        }
        return false;
    }
}
