package org.dietsb.selector.source;

import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** Looks up score sets and recorded masks by name; a name always stands for the same ones. */
public interface Sources {

    /** Waits until everything that was there at the start is read; returns false on timeout. */
    boolean awaitRead(Duration timeout) throws InterruptedException;

    /**
     * Returns the score set of this name.
     *
     * @param examples size of the run's training set; 0 if neither it nor the fingerprint is known yet
     * @throws RefusalException if the score set cannot be used, or is of another training set
     */
    ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException;

    /**
     * Returns the recorded run that a policy names, which {@linkplain RecordedRun#mustServe may not serve} its kind.
     *
     * @param of a run id; with @ and a checksum exactly one record of it
     * @param examples size of the replaying run's training set; 0 if neither it nor the fingerprint is known yet
     * @throws RefusalException if the masks cannot be used, or are of another training set
     */
    RecordedRun record(String of, int examples, String fingerprint) throws RefusalException;

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
