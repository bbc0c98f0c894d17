package org.dietsb.selector.record;

/**
 * Where the record of an epoch lies in the topic, and what it holds besides its masks.
 *
 * @param digest of its masks
 * @param bytes of its selected bits
 * @param end the highest example that it names, + 1
 * @param firstBatch the first batch whose mask is recorded
 * @param weighted whether examples had weights, which are not recorded
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
record IndexedEpoch(
        long attempt,
        long offset,
        byte[] digest,
        int bytes,
        int end,
        int firstBatch,
        boolean weighted,
        RecordedRun.Epoch epoch) {}
