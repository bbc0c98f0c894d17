package org.dietsb.selector.mask;

import java.time.Duration;
import java.util.Optional;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;

/** What a mask depends on beside the log of its run: looked up by name, and always the same under it. Thread-safe. */
interface Sources {

    /** Waits until what was there at the start is read; false if that took too long. */
    boolean awaitRead(Duration timeout) throws InterruptedException;

    /** The score set of this name. */
    ScoreSets.Found scores(String scoreSet);

    /** The recorded masks that a policy names, of a training set like this one. */
    MaskRecords.Found record(String of, int examples, String fingerprint);

    /**
     * Those of an epoch; empty where they are there no more.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not tell in time
     */
    Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch);

    /**
     * Those of an epoch that is over, of a run that may go on; empty where they are not there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not tell in time
     */
    Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples);
}
