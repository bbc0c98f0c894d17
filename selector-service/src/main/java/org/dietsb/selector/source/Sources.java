package org.dietsb.selector.source;

import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** Score sets and recorded masks, looked up by name; a name always stands for the same ones. Thread-safe. */
public interface Sources {

    /** Waits until everything that was there at the start is read; returns false on timeout. */
    boolean awaitRead(Duration timeout) throws InterruptedException;

    /**
     * Looks up the score set of this name, of the same training set.
     *
     * @param examples size of the training set; 0 if neither it nor the fingerprint is known yet
     */
    ScoreSets.Found scores(String scoreSet, int examples, String fingerprint);

    /**
     * Looks up the recorded masks that a policy names, of the same training set.
     *
     * @param examples likewise
     */
    MaskRecords.Found record(String of, int examples, String fingerprint);

    /**
     * Returns the masks of an epoch; empty if they are no longer there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch);

    /**
     * Returns the masks of an epoch that is over, of a run that may still be active; empty if they are not recorded.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples);
}
