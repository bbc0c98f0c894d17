package org.dietsb.selector.whatif;

import java.util.BitSet;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.mask.Rehearsal;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.report.Verdict;
import org.dietsb.selector.source.Sources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** A policy that is tried on the epochs of a run, in their order, until it is refused. One thread at a time. */
final class Candidate implements AutoCloseable {
    private final Policy policy;
    private @Nullable Rehearsal rehearsal;
    private String refused = "";
    private int examples;
    private Classes classes = Classes.none("");

    /**
     * An epoch as it was.
     *
     * @param selected by the run's own masks
     * @param passes that the epoch cost
     */
    record Now(BitSet selected, double passes) {}

    Candidate(Policy policy) {
        this.policy = policy;
    }

    /** Begins, before the first epoch. */
    void open(String runId, AttemptOpened opened, Classes ofExamples, Sources sources, SelectorConfig config) {
        classes = ofExamples;
        examples = opened.getDataset().getCount();
        refused =
                policy.proxy() == null ? policy.unfitFor(opened.getBatchSize()) : "the losses of a proxy are not known";
        rehearsal = new Rehearsal(runId, opened, policy, sources, config);
    }

    /** Judges the next epoch; now is null if it is not known how it was. */
    WhatIf.Tried judge(LossEpoch epoch, @Nullable Now now) throws InterruptedException {
        Rehearsal judging = rehearsal;
        if (!refused.isEmpty() || judging == null) {
            return WhatIf.Tried.refused(refused);
        }
        try {
            return tried(judging.next(epoch), now);
        } catch (RefusalException refusal) {
            refused = refusal.reason();
            close();
            return WhatIf.Tried.refused(refused);
        }
    }

    private WhatIf.Tried tried(Rehearsal.Epoch then, @Nullable Now now) {
        int selected = then.selected().cardinality();
        double scale = policy.selectionScale();
        double passes = (scale * scale * then.judged() + 3.0 * selected) / (3.0 * examples);
        return new WhatIf.Tried(
                null,
                now == null ? null : Verdict.of(examples, now.selected, then.selected(), now.passes, passes),
                (double) selected / examples,
                passes,
                (double) then.stale() / examples,
                classes.areKnown() ? classes.shares(then.selected()) : null,
                classes.areKnown() && now != null ? classes.overlaps(now.selected, then.selected()) : null);
    }

    @Override
    public void close() {
        if (rehearsal != null) {
            rehearsal.close();
            rehearsal = null;
        }
    }
}
