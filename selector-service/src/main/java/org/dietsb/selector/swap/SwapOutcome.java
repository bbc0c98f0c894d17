package org.dietsb.selector.swap;

/** What became of a swap that was asked for. */
public sealed interface SwapOutcome {

    /** It is stored; the trainer places it. */
    record Swapped(PolicyRevision now) implements SwapOutcome {}

    /** Somebody else was first. */
    record SwappedBefore(PolicyRevision now) implements SwapOutcome {}

    /** It is not to be, for a reason that names what is allowed. */
    record Refused(Reason reason, String detail) implements SwapOutcome {}

    /** Why a swap is refused. */
    enum Reason {
        NO_SUCH_RUN,
        RUN_IS_OVER,
        MEMBER_OF_A_SCORING,
        ONE_OF_TWO,
        TOO_MANY,
        NOT_A_NAME,
        NOT_A_POLICY,
        NOT_A_SCHEDULE,
        NO_SUCH_REVISION,
        BEYOND_THE_GUARD_RAILS
    }
}
