package org.dietsb.selector.mask;

import org.dietsb.selector.record.MaskRecords;

/**
 * Masks of another run, as they were looked up.
 *
 * @param of the record, as the policy names it
 * @param epoch of the other run, from 1
 */
record Replayed(String of, int epoch, MaskRecords.Masks masks) {}
