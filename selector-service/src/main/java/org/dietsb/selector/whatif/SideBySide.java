package org.dietsb.selector.whatif;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.source.Sources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/**
 * Policies that are tried on the epochs of a run on threads of their own: each judges an epoch apart from the others, while the next one is
 * read. Results do not depend on the number of threads. Called by one thread.
 */
final class SideBySide implements AutoCloseable {
    private final List<Candidate> candidates;
    private final ExecutorService threads;
    private final Consumer<WhatIf.Epoch> judged;
    private @Nullable Judging judging;

    /** An epoch that is being judged. */
    private record Judging(int epoch, List<Future<WhatIf.Tried>> policies) {}

    /**
     * Creates threads, which end when this is closed.
     *
     * @param judged receives the epochs, in order, on the calling thread
     */
    SideBySide(List<Candidate> candidates, int threads, Consumer<WhatIf.Epoch> judged) {
        this.candidates = List.copyOf(candidates);
        this.judged = judged;
        this.threads = Executors.newFixedThreadPool(Math.min(threads, Math.max(1, candidates.size())), work -> {
            Thread daemon = new Thread(work, "what-if");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    int count() {
        return candidates.size();
    }

    /** Begins, before the first epoch. */
    void open(String runId, AttemptOpened opened, Classes classes, Sources sources, SelectorConfig config) {
        candidates.forEach(candidate -> candidate.open(runId, opened, classes, sources, config));
    }

    /** Begins to judge an epoch, when the one before is judged. */
    void judge(LossEpoch epoch, Candidate.@Nullable Now now) {
        end();
        List<Future<WhatIf.Tried>> policies = new ArrayList<>();
        for (Candidate candidate : candidates) {
            policies.add(threads.submit(() -> candidate.judge(epoch, now)));
        }
        judging = new Judging(epoch.epoch(), policies);
    }

    /** Waits until the last epoch is judged. */
    void end() {
        Judging last = judging;
        judging = null;
        if (last == null) {
            return;
        }
        List<WhatIf.Tried> tried = new ArrayList<>();
        for (Future<WhatIf.Tried> one : last.policies) {
            tried.add(result(one));
        }
        judged.accept(new WhatIf.Epoch(last.epoch, tried));
    }

    private static WhatIf.Tried result(Future<WhatIf.Tried> one) {
        try {
            return one.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /** Stops what is being judged, and waits for that. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean ended = false;
        boolean interrupted = false;
        while (!ended) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        candidates.forEach(Candidate::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
