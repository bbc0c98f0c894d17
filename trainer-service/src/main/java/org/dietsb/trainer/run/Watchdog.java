package org.dietsb.trainer.run;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.news.RunRegistry;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends this process if a run computes without progress, or continues although it is cancelled: a native call that does not return cannot
 * be interrupted and would hold the order for good. The supervisor restarts the process; the order is delivered again. Thread-safe.
 */
@Singleton
class Watchdog {
    private static final Logger LOG = Logger.getLogger(Watchdog.class);
    private static final long BETWEEN_MILLIS = 1_000;
    /** EX_SOFTWARE of sysexits.h. */
    private static final int EXIT_CODE = 70;

    private final Duration stuckAfter;
    private final Duration cancelWithin;
    private final RunRegistry registry;
    private final LongSupplier nanos;
    private final Consumer<String> end;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "watchdog");
        thread.setDaemon(true);
        return thread;
    });

    private @Nullable Thread thread;
    private String runId = "";
    private boolean computes;
    private long lastSign;
    private long cancelledSince = -1;

    @Inject
    Watchdog(TrainerConfig config, RunRegistry registry) {
        this(config.stuckAfter(), config.cancelWithin(), registry, System::nanoTime, Watchdog::end);
    }

    /**
     * Creates a watchdog.
     *
     * @param end ends this process, for a reason
     */
    Watchdog(
            Duration stuckAfter,
            Duration cancelWithin,
            RunRegistry registry,
            LongSupplier nanos,
            Consumer<String> end) {
        this.stuckAfter = stuckAfter;
        this.cancelWithin = cancelWithin;
        this.registry = registry;
        this.nanos = nanos;
        this.end = end;
    }

    private static void end(String why) {
        LOG.fatalf("%s. This process ends, so that its supervisor restarts it.", why);
        // An orderly exit would wait for the thread that hangs, and give the order back as if nothing had happened.
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::check, BETWEEN_MILLIS, BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }

    /** Watches the calling thread, which executes the order of a run; until {@link #over}. */
    synchronized void begins(String run) {
        thread = Thread.currentThread();
        runId = run;
        computes = false;
        cancelledSince = -1;
    }

    /** The run computes from now on, as opposed to reading its dataset, which may take long. */
    synchronized void computes() {
        computes = true;
        sign();
    }

    /** The run has made progress. */
    synchronized void sign() {
        lastSign = nanos.getAsLong();
    }

    synchronized void rests() {
        computes = false;
    }

    synchronized void over() {
        thread = null;
    }

    /** Ends this process if that is due. */
    synchronized void check() {
        Thread watched = thread;
        if (watched == null) {
            return;
        }
        long now = nanos.getAsLong();
        // A thread that waits for something else does not hang: what it waits for has its own limits.
        if (!computes || watched.getState() != Thread.State.RUNNABLE) {
            lastSign = now;
        }
        if (!registry.isCancelled(runId)) {
            cancelledSince = -1;
        } else if (cancelledSince < 0) {
            cancelledSince = now;
        }
        if (now - lastSign > stuckAfter.toNanos()) {
            end.accept("Run " + runId + " has computed for " + stuckAfter + " (dietsb.trainer.stuck-after) without"
                    + " finishing a batch");
        } else if (cancelledSince >= 0 && now - cancelledSince > cancelWithin.toNanos()) {
            end.accept("Run " + runId + " continues " + cancelWithin
                    + " (dietsb.trainer.cancel-within) after it was cancelled");
        }
    }
}
