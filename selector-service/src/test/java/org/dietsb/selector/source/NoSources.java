package org.dietsb.selector.source;

import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** Neither scores nor recorded masks. */
public class NoSources implements Sources {

    @Override
    public boolean awaitRead(Duration timeout) {
        return true;
    }

    @Override
    public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
        throw new RefusalException("there are no scores");
    }

    @Override
    public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
        throw new RefusalException("there are no masks");
    }

    @Override
    public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
        return Optional.empty();
    }

    @Override
    public Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples) {
        return Optional.empty();
    }
}
