package org.dietsb.selector.mask;

import java.util.function.Consumer;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskRecord;

/**
 * What all runs of a partition are judged with.
 *
 * @param largestBatch most examples of a batch
 * @param records takes what is to be stored of epochs and runs that have ended
 */
record JudgeContext(
        Sources sources, Room room, AnswerMeters meters, int largestBatch, Consumer<MaskRecord> records) {}
