package org.dietsb.selector.page;

import java.util.List;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.PolicyRevision.Effect;
import org.dietsb.selector.swap.PolicyRevision.Figures;
import org.dietsb.selector.swap.Standing;
import org.jspecify.annotations.Nullable;

/**
 * A revision of a run's policy, as text.
 *
 * @param newest whether this is the last revision
 * @param standing what becomes of it, if that is not plain from its effects; otherwise empty
 */
record HistoryRow(
        long revision,
        String policy,
        String kind,
        String who,
        String when,
        String schedule,
        @Nullable Long rollsBackTo,
        boolean newest,
        String standing,
        List<EffectRow> effects) {

    /** A stretch of the run under this policy, as text. Figures show the values before and after. */
    record EffectRow(String where, String accuracy, String seconds, String passes) {}

    static HistoryRow of(PolicyRevision revision, Standing standing, boolean newest) {
        return new HistoryRow(
                revision.revision(),
                Words.policy(revision.policy()),
                revision.policy().kind().label(),
                revision.who() == null ? "the order" : revision.who(),
                revision.at() == null ? "" : Words.time(revision.at()),
                Words.schedule(revision.schedule()),
                revision.rollsBackTo(),
                newest,
                words(standing, revision),
                revision.effects().stream()
                        .map(effect -> effect(effect, standing instanceof Standing.Ended))
                        .toList());
    }

    private static String words(Standing standing, PolicyRevision revision) {
        boolean never = revision.effects().isEmpty();
        if (standing instanceof Standing.Pending pending) {
            return "Takes effect from " + Words.moment(pending.from()) + ".";
        }
        if (standing instanceof Standing.Superseded superseded) {
            boolean scheduled = !revision.schedule().equals(Schedule.FOR_GOOD);
            return never
                    ? "Superseded by r" + superseded.by() + " before it took effect."
                    : scheduled ? "Superseded by r" + superseded.by() + ": its schedule no longer applies." : "";
        }
        if (!never) {
            return "";
        }
        return standing instanceof Standing.InForce
                ? "Takes effect with the next batch that the trainer announces."
                : "Was never in force.";
    }

    private static EffectRow effect(Effect effect, boolean ended) {
        Figures before = effect.before();
        Figures after = effect.after();
        String until = effect.until() == null
                ? (ended ? " to the end" : " to now")
                : " to epoch " + effect.until().epoch() + ", batch "
                        + effect.until().batch();
        return new EffectRow(
                "epoch " + effect.epoch() + ", batch " + effect.batch() + until,
                change(Words.percent(before.accuracy()), Words.percent(after.accuracy())),
                change(Words.seconds(before.secondsPerEpoch()), Words.seconds(after.secondsPerEpoch())),
                change(Words.number(before.passesPerEpoch()), Words.number(after.passesPerEpoch())));
    }

    private static String change(String before, String after) {
        return before.equals(Words.UNKNOWN) ? after : before + " → " + after;
    }
}
