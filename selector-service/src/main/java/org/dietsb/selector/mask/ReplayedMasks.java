package org.dietsb.selector.mask;

import java.util.Objects;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.RandomLike;
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
    /** The rule of a random-like by these masks; null until it is asked for. */
    private @Nullable RandomLike like;

    /** An epoch of this run, and the run whose masks it takes over: a name always stands for the same ones. */
    private record Place(String of, boolean ofProxy, int epoch) {}

    ReplayedMasks(AttemptOpened opened, JudgeContext context) {
        this.opened = opened;
        this.context = context;
    }

    /** Returns the rule by which the policy, a random-like, chooses in an epoch of this run. */
    RandomLike like(Policy policy, int ownEpoch) throws RefusalException {
        MaskRecords.Masks counted = of(policy, ownEpoch);
        RandomLike known = like;
        if (known == null) {
            known = RandomLike.of(counted.selected(), counted.kept());
            like = known;
        }
        return known;
    }

    /** Returns the masks that the policy, a replay or a random-like, uses in an epoch of this run. */
    MaskRecords.Masks of(Policy policy, int ownEpoch) throws RefusalException {
        Place place = new Place(Objects.requireNonNull(policy.of(), "a replay names a run"), false, ownEpoch);
        MaskRecords.Masks known = remembered(place);
        if (known != null) {
            return known;
        }
        try {
            return remember(place, recorded(policy.kind(), place.of, ownEpoch));
        } catch (RefusalException missing) {
            context.count(SelectorMeters::replayMissed);
            throw missing;
        }
    }

    private MaskRecords.Masks recorded(PolicyKind kind, String of, int ownEpoch) throws RefusalException {
        RecordedRun run = context.sources.record(
                of, opened.getDataset().getCount(), opened.getDataset().getChecksum());
        run.mustServe(kind);
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
        like = null;
        return found;
    }
}
