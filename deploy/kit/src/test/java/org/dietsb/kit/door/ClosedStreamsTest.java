package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClosedStreamsTest {
    private final ClosedStreams filter = new ClosedStreams();

    @Test
    void readerThatLeavesIsNoError() {
        assertThat(filter.isLoggable(line(ClosedStreams.WRITER, new ClosedChannelException())))
                .isFalse();
        assertThat(filter.isLoggable(line(ClosedStreams.WRITER, new CompletionException(new ClosedChannelException()))))
                .isFalse();
    }

    @Test
    void everyOtherFailureIsLogged() {
        assertThat(filter.isLoggable(line(ClosedStreams.WRITER, new IllegalStateException("no such field"))))
                .isTrue();
        assertThat(filter.isLoggable(line(ClosedStreams.WRITER, null))).isTrue();
        assertThat(filter.isLoggable(line("org.dietsb.selector.page.Live", new ClosedChannelException())))
                .isTrue();
    }

    @Test
    void isInForceInEveryServiceForTheClassThatWritesStreams() throws IOException {
        assertThatCode(() -> Class.forName(ClosedStreams.WRITER)).doesNotThrowAnyException();
        Properties defaults = new Properties();
        try (InputStream file = ClosedStreams.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            defaults.load(file);
        }
        assertThat(defaults).containsEntry("quarkus.log.console.filter", ClosedStreams.NAME);
    }

    private static LogRecord line(String logger, @Nullable Throwable thrown) {
        LogRecord line =
                new LogRecord(Level.SEVERE, "Exception in SSE server handling, impossible to send it to client");
        line.setLoggerName(logger);
        line.setThrown(thrown);
        return line;
    }
}
