package org.dietsb.selector.page;

import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.SwapOutcome;

/**
 * A submitted policy form. If the change is rejected, the form is shown again with its input and the problem.
 *
 * @param typed input of the form
 * @param form renders the form again
 */
record Submission(Typed typed, Form form) {

    /** Renders a page whose form holds the given input below the given problem. */
    @FunctionalInterface
    interface Form {
        Response show(int status, Typed typed, String problem) throws InterruptedException;
    }

    /** Applies the change. Throws {@link IllegalArgumentException} if the input is invalid. */
    @FunctionalInterface
    interface Change {
        SwapOutcome apply() throws InterruptedException;
    }

    /** Applies the change and redirects to {@code next}, or shows the form again. */
    Response answer(Change change, String next) throws InterruptedException {
        SwapOutcome outcome;
        try {
            outcome = change.apply();
        } catch (IllegalArgumentException invalid) {
            return form.show(400, typed.refused(invalid), String.valueOf(invalid.getMessage()));
        }
        if (outcome instanceof SwapOutcome.SwappedBefore before) {
            PolicyRevision now = before.now();
            return form.show(
                    412,
                    typed.at(now.revision()),
                    (now.who() == null ? "Someone else" : now.who()) + " changed the policy first, at "
                            + Words.time(now.at()) + ": revision " + now.revision() + " is "
                            + Words.policy(now.policy()) + ". Your input is kept; submit it again to replace it.");
        }
        if (outcome instanceof SwapOutcome.Refused refused) {
            return form.show(status(refused.reason()), typed, refused.detail());
        }
        return Response.seeOther(URI.create(next)).build();
    }

    private static int status(SwapOutcome.Reason reason) {
        return switch (reason) {
            case NO_SUCH_RUN -> 404;
            case RUN_IS_OVER, MEMBER_OF_A_SCORING, ONE_OF_TWO, TOO_MANY -> 409;
            case NOT_A_NAME, NOT_A_POLICY, NOT_A_SCHEDULE, NO_SUCH_REVISION -> 400;
            case BEYOND_THE_GUARD_RAILS -> 422;
        };
    }
}
