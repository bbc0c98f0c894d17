package org.dietsb.selector.mask;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** Recorded masks of other runs that a run takes over; remembers those of one epoch, the last that was looked up. One thread. */
final class ReplayedMasks {
    private final AttemptOpened opened;
    private final JudgeContext context;
    private String record = "";
    private int epoch;
    private MaskRecords.@Nullable Masks masks;

    ReplayedMasks(AttemptOpened opened, JudgeContext context) {
        this.opened = opened;
        this.context = context;
    }

    /** Returns the masks that the policy, a replay, takes over in an epoch of this run. */
    MaskRecords.Masks of(Policy policy, int ownEpoch) throws RefusalException {
        try {
            return recorded(Objects.requireNonNull(policy.of(), "a replay names a run"), ownEpoch);
        } catch (RefusalException missing) {
            context.count(SelectorMeters::replayMissed);
            throw missing;
        }
    }

    private MaskRecords.Masks recorded(String of, int ownEpoch) throws RefusalException {
        RecordedRun run = context.sources.record(
                of, opened.getDataset().getCount(), opened.getDataset().getChecksum());
        int theirs = new Replay(run.epochs().size()).epoch(ownEpoch, opened.getEpochs());
        return remembered(run.name(), theirs, () -> context.sources.masks(run, theirs))
                .orElseThrow(() -> new RefusalException(
                        "the masks of run " + run.runId() + ", epoch " + theirs + ", are no longer kept"));
    }

    /** Returns the masks of an epoch that the proxy has left behind; empty if they are not recorded. */
    Optional<MaskRecords.Masks> ofProxy(int itsEpoch) {
        String proxy = opened.getProxy();
        return remembered(
                proxy,
                itsEpoch,
                () -> context.sources.masks(proxy, itsEpoch, opened.getDataset().getCount()));
    }

    private Optional<MaskRecords.Masks> remembered(
            String of, int ofEpoch, Supplier<Optional<MaskRecords.Masks>> source) {
        if (masks == null || !record.equals(of) || epoch != ofEpoch) {
            Optional<MaskRecords.Masks> found = source.get();
            if (found.isEmpty()) {
                return found;
            }
            record = of;
            epoch = ofEpoch;
            masks = found.get();
        }
        return Optional.of(masks);
    }
}
