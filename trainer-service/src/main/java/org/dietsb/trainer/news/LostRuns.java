package org.dietsb.trainer.news;

import jakarta.inject.Singleton;
import java.time.Instant;
import org.dietsb.contracts.run.ForeignRuns;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.trainer.TrainerConfig;
import org.jspecify.annotations.Nullable;

/** Running runs of loops of their own that have been silent for so long that their processes seem to have ended. Thread-safe. */
@Singleton
public class LostRuns {
    private final ForeignRuns foreign;

    /** Creates one without runs. */
    public LostRuns(TrainerConfig config) {
        this.foreign = new ForeignRuns(config.lostAfter());
    }

    /** Notes a message of topic run-events, which its registry knows by now. */
    void heard(@Nullable String key, RunRegistry registry, long atMillis) {
        if (key != null) {
            String id = StoredRuns.runId(key);
            boolean running = registry.find(id)
                    .filter(run -> run.order().foreign() && run.state() == Run.State.RUNNING)
                    .isPresent();
            foreign.heard(id, running, atMillis);
        }
    }

    /** Returns when a lost run was last heard of; null if the run is not lost. */
    public @Nullable Instant since(Run run) {
        return foreign.lostSince(run.id(), System.currentTimeMillis()).orElse(null);
    }

    /** Returns the number of lost runs. */
    public int count() {
        return foreign.lost(System.currentTimeMillis());
    }
}
