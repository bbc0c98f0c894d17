package org.dietsb.selector.page;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.selector.swap.RunListener;
import org.dietsb.selector.swap.SwapListener;
import org.dietsb.trainer.wire.Run;

/** Holds every run as of its last event, and publishes the ids of runs whose state or policy changes. Thread-safe. */
@ApplicationScoped
class RunBook implements RunListener, SwapListener {
    private static final Comparator<RunSheet> NEWEST_FIRST =
            Comparator.comparing(RunSheet::queued).thenComparing(RunSheet::id).reversed();

    private final Map<String, RunSheet> sheets = new ConcurrentHashMap<>();
    private final BroadcastProcessor<String> changes = BroadcastProcessor.create();

    /** Returns the run's proxy, or the run whose proxy it is; empty if the run was ordered without a proxy. */
    Optional<RunSheet> partner(RunSheet run) {
        return run.firstPolicy().proxy() == null
                ? find(run.proxyOf())
                : sheets.values().stream()
                        .filter(other -> other.proxyOf().equals(run.id()))
                        .findFirst();
    }

    @Override
    public void told(Run run) {
        RunSheet sheet = RunSheetWire.fromWire(run);
        sheets.merge(sheet.id(), sheet, (old, now) -> isLater(old, now) ? now : old);
        changes.onNext(sheet.id());
    }

    /** Returns whether {@code now} is newer. A queued run has no attempt yet, and the first attempt may have number 0. */
    private static boolean isLater(RunSheet old, RunSheet now) {
        return old.started() == null || (now.started() != null && now.attempt() >= old.attempt());
    }

    @Override
    public void swapped(String runId) {
        changes.onNext(runId);
    }

    Optional<RunSheet> find(String runId) {
        return Optional.ofNullable(sheets.get(runId));
    }

    List<RunSheet> newestFirst() {
        return sheets.values().stream().sorted(NEWEST_FIRST).toList();
    }

    /** Streams the ids of runs whose state or policy changes. A slow subscriber receives only the last of the missed ids. */
    Multi<String> changes() {
        return changes.onOverflow().dropPreviousItems();
    }
}
