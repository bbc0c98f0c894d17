package org.dietsb.selector.source;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** Looks up score sets and recorded masks by name; a name always stands for the same ones. Thread-safe. */
@Singleton
public class Sources {
    private final ScoreSets scoreSets;
    private final MaskRecords records;

    protected Sources(ScoreSets scoreSets, MaskRecords records) {
        this.scoreSets = scoreSets;
        this.records = records;
    }

    /** Waits until everything that was there at the start is read; returns false on timeout. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return scoreSets.awaitRead(timeout) && records.awaitRead(timeout);
    }

    /** Returns the score set of this name; see {@link ScoreSets#find(String, int, String)}. */
    public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
        return scoreSets.find(scoreSet, examples, fingerprint);
    }

    /** Returns the recorded run that a policy names; see {@link MaskRecords#find}. */
    public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
        return records.find(of, examples, fingerprint);
    }

    /**
     * Returns the masks of an epoch; empty if they are no longer there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
        return records.masks(run, epoch);
    }

    /**
     * Returns the masks of an epoch that is over, of a run that may still be active; empty if they are not recorded.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples) {
        try {
            return records.masks(runId, epoch, examples);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
