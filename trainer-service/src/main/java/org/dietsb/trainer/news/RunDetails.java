package org.dietsb.trainer.news;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.kit.topic.StoredMessages;

/** Runs with their epochs, placed policies and classes, read from topic run-events if memory does not have them. Thread-safe. */
@Singleton
public class RunDetails {
    private final RunRegistry registry;
    private final StoredMessages stored;

    public RunDetails(RunRegistry registry, StoredMessages stored) {
        this.registry = registry;
        this.stored = stored;
    }

    /**
     * Returns a run with its lists; empty if there is no such run.
     *
     * @throws IOException if they cannot be read now
     */
    public Optional<Run> find(String runId) throws IOException {
        // Once more if the run was written anew, and its messages compacted away, in between.
        for (int tries = 0; tries < 2; tries++) {
            if (!registry.isInTopic(runId)) {
                return registry.find(runId);
            }
            Optional<Run> read = read(runId);
            if (read.isPresent()) {
                return read;
            }
        }
        throw new IOException("the messages of run " + runId + " are no longer in topic " + RunEvents.TOPIC);
    }

    private Optional<Run> read(String runId) throws IOException {
        return StoredRuns.read(runId, registry.offsets(runId), offset -> stored.at(RunEvents.TOPIC, offset))
                .map(RunWire::fromWire);
    }
}
