package org.dietsb.selector.source;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** The score sets and recorded masks of the topics. Look-ups wait for the broker, for some seconds at most. Thread-safe. */
@Singleton
class StoredSources implements Sources {
    private final ScoreSets scoreSets;
    private final MaskRecords records;

    StoredSources(ScoreSets scoreSets, MaskRecords records) {
        this.scoreSets = scoreSets;
        this.records = records;
    }

    @Override
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return scoreSets.awaitRead(timeout) && records.awaitRead(timeout);
    }

    @Override
    public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
        return scoreSets.find(scoreSet, examples, fingerprint);
    }

    @Override
    public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
        return records.find(of, examples, fingerprint);
    }

    @Override
    public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
        return records.masks(run, epoch);
    }

    @Override
    public Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples) {
        try {
            return records.masks(runId, epoch, examples);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
