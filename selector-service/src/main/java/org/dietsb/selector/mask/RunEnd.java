package org.dietsb.selector.mask;

import org.dietsb.selector.wire.RunRecord;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;

/** Describes runs that are over. */
final class RunEnd {
    private RunEnd() {}

    /**
     * Returns the record of a run.
     *
     * @param epochs the last epoch of which a batch was judged
     */
    static RunRecord record(AttemptOpened opened, int epochs, AttemptClosed closed) {
        RunRecord.Builder run = RunRecord.newBuilder()
                .setDataset(opened.getDataset().getName())
                .setExamples(opened.getDataset().getCount())
                .setFingerprint(opened.getDataset().getChecksum())
                .setModel(opened.getModel())
                .setSeed(opened.getSeed())
                .setBatchSize(opened.getBatchSize())
                .setEpochs(epochs)
                .setReason(closed.getReason());
        if (closed.hasAccuracy()) {
            run.setAccuracy(closed.getAccuracy());
        }
        return run.build();
    }
}
