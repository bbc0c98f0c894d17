package org.dietsb.kit.stop;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.ShutdownEvent;
import org.junit.jupiter.api.Test;

class CleanStopTest {
    private final CleanStop stop = new CleanStop();

    private void allEnd() {
        stop.loopsEnded(new ShutdownEvent());
        stop.channelsClosed("application");
    }

    @Test
    void isCleanIfLoopsAndChannelsHaveEnded() {
        // When
        stop.joined(null);
        allEnd();
        // Then
        assertThat(stop.isClean()).isTrue();
    }

    @Test
    void isNotCleanIfAnObserverFailsBeforeTheLast() {
        // When
        stop.channelsClosed("application");
        // Then
        assertThat(stop.isClean()).isFalse();
    }

    @Test
    void isNotCleanIfChannelsFailToClose() {
        // When
        stop.loopsEnded(new ShutdownEvent());
        // Then
        assertThat(stop.isClean()).isFalse();
    }

    @Test
    void isNotCleanIfAThreadIsStillAlive() {
        // When
        stop.joined(Thread.currentThread());
        allEnd();
        // Then
        assertThat(stop.isClean()).isFalse();
    }

    @Test
    void isCleanIfAThreadHasEnded() throws InterruptedException {
        // Given
        Thread ended = new Thread(() -> {});
        ended.start();
        ended.join();
        // When
        stop.joined(ended);
        allEnd();
        // Then
        assertThat(stop.isClean()).isTrue();
    }
}
