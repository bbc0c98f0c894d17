package org.dietsb.trainer.run;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Every run that topic run-events tells of, its latest attempt alone. Thread-safe. */
@ApplicationScoped
class RunRegistry {
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final BroadcastProcessor<Run> news = BroadcastProcessor.create();

    void accept(Run run) {
        Run now = runs.merge(run.order().runId(), run, (old, fresh) -> fresh.replaces(old) ? fresh : old);
        if (now == run) {
            news.onNext(run);
        }
    }

    void cancel(String runId) {
        cancelled.add(runId);
    }

    boolean isCancelled(String runId) {
        return cancelled.contains(runId);
    }

    Optional<Run> find(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    /** Newest first. */
    List<Run> all() {
        return runs.values().stream()
                .sorted(Comparator.comparingLong(Run::queuedMillis)
                        .thenComparing(run -> run.order().runId())
                        .reversed())
                .toList();
    }

    /** The run as it is, then every news of it until it is over. */
    Multi<Run> follow(String runId) {
        Multi<Run> later = news.filter(run -> run.order().runId().equals(runId));
        return Multi.createBy()
                .concatenating()
                .streams(Multi.createFrom().optional(find(runId)), later)
                .select()
                .first(new UntilOver());
    }

    private static final class UntilOver implements Predicate<Run> {
        private boolean over;

        @Override
        public boolean test(Run run) {
            boolean stillOn = !over;
            over |= run.state().isOver();
            return stillOn;
        }
    }
}
