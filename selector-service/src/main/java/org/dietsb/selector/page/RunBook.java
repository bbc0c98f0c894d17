package org.dietsb.selector.page;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.selector.run.RunListener;
import org.dietsb.selector.swap.SwapListener;
import org.dietsb.trainer.wire.Run;

/** Every run as its last event tells it, and whose run or policy has changed. Thread-safe. */
@ApplicationScoped
class RunBook implements RunListener, SwapListener {
    private static final Comparator<RunSheet> NEWEST_FIRST =
            Comparator.comparing(RunSheet::queued).thenComparing(RunSheet::id).reversed();

    private final Map<String, RunSheet> sheets = new ConcurrentHashMap<>();
    private final BroadcastProcessor<String> changes = BroadcastProcessor.create();

    /** The other part of an order in two: the run's proxy, or the run whose proxy it is; empty where it stands alone. */
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

    /** A run that is queued has no attempt yet, and the first attempt may be number 0. */
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

    /** Whose run or policy changed just now; a reader that is slow misses all but the last. */
    Multi<String> changes() {
        return changes.onOverflow().dropPreviousItems();
    }
}
