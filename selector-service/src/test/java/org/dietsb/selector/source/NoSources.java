package org.dietsb.selector.source;

import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** Neither scores nor recorded masks. */
public class NoSources implements Sources {
    @Override
    public boolean awaitRead(Duration timeout) {
        return true;
    }

    @Override
    public ScoreSets.Found scores(String scoreSet, int examples, String fingerprint) {
        return new ScoreSets.Found.Unusable("there are no scores");
    }

    @Override
    public MaskRecords.Found record(String of, int examples, String fingerprint) {
        return new MaskRecords.Found.Unusable("there are no masks");
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
