package org.dietsb.selector.swap;

/** The outcome of a request for a swap. */
public sealed interface SwapOutcome {

    /** The policy is stored; the trainer places it. */
    record Swapped(PolicyRevision now) implements SwapOutcome {}

    /** Another swap came first. */
    record SwappedBefore(PolicyRevision now) implements SwapOutcome {}

    /** The swap is refused; the detail names what is allowed. */
    record Refused(Reason reason, String detail) implements SwapOutcome {}

    /** Why a swap is refused. */
    enum Reason {
        NO_SUCH_RUN(404, "No such run"),
        RUN_IS_OVER(409, "Run is over"),
        MEMBER_OF_A_SCORING(409, "Member of a scoring"),
        ONE_OF_TWO(409, "One of two"),
        TOO_MANY(409, "Too many swaps"),
        NOT_A_NAME(400, "Not a name"),
        NOT_A_POLICY(400, "Not a policy"),
        NOT_A_SCHEDULE(400, "Not a schedule"),
        NO_SUCH_REVISION(400, "No such revision"),
        BEYOND_THE_GUARD_RAILS(422, "Beyond the guard rails");

        private final int status;
        private final String title;

        Reason(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /** HTTP status. */
        public int status() {
            return status;
        }

        String title() {
            return title;
        }
    }
}
