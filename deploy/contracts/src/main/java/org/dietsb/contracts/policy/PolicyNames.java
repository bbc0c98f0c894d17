package org.dietsb.contracts.policy;

import static org.dietsb.contracts.Bounds.require;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Violations;
import org.jspecify.annotations.Nullable;

/** Checks what a policy names: a score set, the run whose record it uses, the model of its proxy. */
final class PolicyNames {
    /** Begins a score set that stands for a number of the run's own first epochs. */
    static final String OWN = "own:";

    private static final Pattern OWN_EPOCHS = Pattern.compile(OWN + "([1-9]\\d{0,2}|1000)");
    private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9.-]{0,39}");
    private static final Pattern RECORD = Pattern.compile(RunId.SYNTAX + "(@[0-9a-f]{16})?");

    private PolicyNames() {}

    /**
     * Returns the score set of a policy; null if it uses none.
     *
     * @param dietByScores whether a diet, if the kind has one, uses scores
     * @throws IllegalArgumentException if it is missing, or none
     */
    static @Nullable String scoreSet(PolicyKind kind, boolean dietByScores, @Nullable String scoreSet) {
        if (!kind.judgesByScores() && !(kind.hasDiet() && dietByScores)) {
            return null;
        }
        if (scoreSet == null || scoreSet.isBlank()) {
            throw new RefusedException(
                    "scoreSet",
                    "scoreSet is missing: "
                            + (kind.hasDiet()
                                    ? "the diet of " + kind
                                            + " uses EL2N scores (only order random without balanced does not)"
                                    : kind == PolicyKind.RHO
                                            ? kind + " compares losses with those of a reference"
                                            : kind + " takes the classes of the examples from it"));
        }
        require(Policy.isScoreSet(scoreSet), "scoreSet", scoreSet, "the id of a score set, or own:N, N in [1, 1000]");
        require(kind.hasDiet() || !scoreSet.startsWith(OWN), "scoreSet", scoreSet, "the id of a score set for " + kind);
        return scoreSet;
    }

    /** Returns N of a score set {@code own:N}; 0 of another, or of null. */
    static int ownEpochs(@Nullable String scoreSet) {
        Matcher own = OWN_EPOCHS.matcher(scoreSet == null ? "" : scoreSet);
        return own.matches() ? Integer.parseInt(own.group(1)) : 0;
    }

    static void checkRecord(PolicyKind kind, @Nullable String of, Violations wrong) {
        wrong.require(
                !kind.replays() || (of != null && RECORD.matcher(of).matches()),
                "of",
                of == null ? "missing" : of,
                "the id of a run whose masks are recorded, with @ and 16 hexadecimal digits one record of it");
        wrong.require(kind.replays() || of == null, "of", String.valueOf(of), "none for " + kind);
    }

    static void checkProxy(PolicyKind kind, @Nullable String proxy, int lossesEvery, Violations wrong) {
        if (proxy == null) {
            return;
        }
        wrong.require(kind.byLoss(), "losses", "proxy:" + proxy, "fresh for " + kind + ", which uses no losses");
        wrong.require(MODEL.matcher(proxy).matches(), "losses", "proxy:" + proxy, "proxy:MODEL");
        wrong.require(
                lossesEvery == 1,
                "losses",
                "stale:" + lossesEvery + " of a proxy",
                "fresh: a proxy has a selection pass in each epoch");
    }
}
