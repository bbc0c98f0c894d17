package org.dietsb.selector.mask;

import java.util.Objects;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** Recorded masks of other runs that a run takes over; remembers those that were looked up last. One thread. */
final class ReplayedMasks {
    private final AttemptOpened opened;
    private final JudgeContext context;
    private @Nullable Place last;
    private MaskRecords.@Nullable Masks masks;

    /** An epoch of this run, and the run whose masks it takes over: a name always stands for the same ones. */
    private record Place(String of, boolean ofProxy, int epoch) {}

    ReplayedMasks(AttemptOpened opened, JudgeContext context) {
        this.opened = opened;
        this.context = context;
    }

    /** Returns the masks that the policy, a replay, takes over in an epoch of this run. */
    MaskRecords.Masks of(Policy policy, int ownEpoch) throws RefusalException {
        Place place = new Place(Objects.requireNonNull(policy.of(), "a replay names a run"), false, ownEpoch);
        MaskRecords.Masks known = remembered(place);
        if (known != null) {
            return known;
        }
        try {
            return remember(place, recorded(place.of, ownEpoch));
        } catch (RefusalException missing) {
            context.count(SelectorMeters::replayMissed);
            throw missing;
        }
    }

    private MaskRecords.Masks recorded(String of, int ownEpoch) throws RefusalException {
        RecordedRun run = context.sources.record(
                of, opened.getDataset().getCount(), opened.getDataset().getChecksum());
        int theirs = new Replay(run.epochs().size()).epoch(ownEpoch, opened.getEpochs());
        return context.sources
                .masks(run, theirs)
                .orElseThrow(() -> new RefusalException(
                        "the masks of run " + run.runId() + ", epoch " + theirs + ", are no longer kept"));
    }

    /** Returns the masks of an epoch that the proxy has left behind; empty if they are not recorded. */
    Optional<MaskRecords.Masks> ofProxy(int itsEpoch) {
        Place place = new Place(opened.getProxy(), true, itsEpoch);
        MaskRecords.Masks known = remembered(place);
        return known != null
                ? Optional.of(known)
                : context.sources
                        .masks(place.of, itsEpoch, opened.getDataset().getCount())
                        .map(found -> remember(place, found));
    }

    private MaskRecords.@Nullable Masks remembered(Place place) {
        return place.equals(last) ? masks : null;
    }

    private MaskRecords.Masks remember(Place place, MaskRecords.Masks found) {
        last = place;
        masks = found;
        return found;
    }
}
