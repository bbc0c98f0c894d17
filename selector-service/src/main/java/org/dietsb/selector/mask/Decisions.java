package org.dietsb.selector.mask;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.dietsb.selector.policy.RefusalException;

/**
 * Makes decisions about whole epochs in a thread of its own, one after another, so that the batches of other runs go on meanwhile. Takes
 * the memory of one decision at a time. A decision is a pure function of what its run holds, which does not change until it is made: the
 * messages of the run wait for it. Thread-safe.
 */
final class Decisions implements AutoCloseable {
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread daemon = new Thread(work, "epochs");
                daemon.setDaemon(true);
                return daemon;
            });

    Decisions() {
        thread.allowCoreThreadTimeOut(true);
    }

    /** Queues a decision. */
    <T> Future<T> submit(Callable<T> decision) {
        return thread.submit(decision);
    }

    /** Gives up a decision, whose run is gone. */
    void giveUp(Future<?> decision) {
        decision.cancel(true);
        thread.purge();
    }

    /**
     * Returns the decision.
     *
     * @throws PendingException if it is not made yet
     */
    static <T> T made(Future<T> decision) throws RefusalException {
        if (!decision.isDone()) {
            throw new PendingException();
        }
        try {
            return decision.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RefusalException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new PendingException();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
