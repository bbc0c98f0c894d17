package org.dietsb.selector.page;

import java.util.Optional;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.SwapOutcome;

/**
 * Why a policy did not change, for who sees the form again.
 *
 * @param typed what he typed, with the revision he now knows of
 * @param problem in words
 */
record Refusal(int status, Typed typed, String problem) {

    /** The same, empty if it did change. */
    static Optional<Refusal> of(SwapOutcome outcome, Typed typed) {
        if (outcome instanceof SwapOutcome.Swapped) {
            return Optional.empty();
        }
        if (outcome instanceof SwapOutcome.SwappedBefore before) {
            PolicyRevision now = before.now();
            return Optional.of(new Refusal(
                    412,
                    typed.at(now.revision()),
                    (now.who() == null ? "Somebody" : now.who()) + " was first, at " + Words.time(now.at()) + ": "
                            + Words.policy(now.policy()) + " is revision " + now.revision()
                            + ". What you typed is kept; send it again to take its place."));
        }
        SwapOutcome.Refused refused = (SwapOutcome.Refused) outcome;
        return Optional.of(new Refusal(refused.reason().status(), typed, refused.detail()));
    }
}
