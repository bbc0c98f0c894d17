package org.dietsb.kit.stop;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The exit code of a service that is stopped by SIGTERM: 0 after a stop in which every part ended in order, {@value #UNCLEAN} after
 * another one. Without it the JVM exits with 143 either way, which supervisors report as an error. SIGINT keeps its 130, and a SIGTERM
 * before the service has started its 143. Thread-safe.
 */
@Singleton
public class CleanStop {
    /** Exit code after a stop in which a part of the service failed, or did not end in time. */
    static final int UNCLEAN = 1;

    private static final Logger LOG = Logger.getLogger(CleanStop.class);
    /** After every observer that has something to stop: an observer that fails keeps later ones from being called. */
    private static final int LAST = Integer.MAX_VALUE;

    private volatile boolean stopping;
    private volatile boolean loopsEnded;
    private volatile boolean channelsClosed;
    private volatile boolean failed;

    /** Begins once the service has started: before, nothing waits for the end of the application. */
    void start(@Observes @Priority(LAST) StartupEvent event) {
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            return;
        }
        // The JVM exits only after the application has stopped: whatever did not end in order until then never will.
        Runtime.getRuntime().addShutdownHook(new Thread(this::endUnlessClean, "unclean-stop"));
        try {
            TermSignal.handle(this::stop);
        } catch (ReflectiveOperationException unavailable) {
            LOG.warnf(unavailable, "SIGTERM is handled by the JVM: a stop ends with exit code 143");
        }
    }

    private void stop() {
        stopping = true;
        Quarkus.asyncExit(0);
    }

    private void endUnlessClean() {
        if (stopping && !isClean()) {
            Runtime.getRuntime().halt(UNCLEAN);
        }
    }

    /** Notes a thread of the service that was to end: the stop is not clean if it is alive. */
    public void joined(@Nullable Thread thread) {
        if (thread != null && thread.isAlive()) {
            failed("its thread " + thread.getName() + " has not ended in time");
        }
    }

    /** Notes that a part of the service did not end in order, though it throws nothing. */
    public void failed(String why) {
        LOG.warnf("The stop of this service is not clean: %s", why);
        failed = true;
    }

    boolean isClean() {
        return loopsEnded && channelsClosed && !failed;
    }

    void loopsEnded(@Observes @Priority(LAST) ShutdownEvent event) {
        loopsEnded = true;
    }

    void channelsClosed(@Observes @Priority(LAST) @BeforeDestroyed(ApplicationScoped.class) Object event) {
        channelsClosed = true;
    }
}
