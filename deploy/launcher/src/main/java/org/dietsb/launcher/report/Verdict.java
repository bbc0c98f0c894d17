package org.dietsb.launcher.report;

/**
 * What the experiment says of a claim.
 *
 * @param test that decides, and at what
 * @param figures it was decided by
 */
record Verdict(String claim, Answer answer, String test, String figures) {

    /** What can be said. */
    enum Answer {
        HOLDS("holds"),
        DOES_NOT_HOLD("does not hold"),
        CANNOT_TELL("cannot tell here");

        private final String words;

        Answer(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }

        /** Of two that must both hold. */
        Answer and(Answer other) {
            if (this == DOES_NOT_HOLD || other == DOES_NOT_HOLD) {
                return DOES_NOT_HOLD;
            }
            return this == HOLDS && other == HOLDS ? HOLDS : CANNOT_TELL;
        }
    }

    /** Whether the mean lies above a value: its 95 % interval does, lies below, or has the value in it. */
    static Answer above(Sample sample, double value) {
        if (sample.n() < 2) {
            return Answer.CANNOT_TELL;
        }
        if (sample.low() > value) {
            return Answer.HOLDS;
        }
        return sample.high() < value ? Answer.DOES_NOT_HOLD : Answer.CANNOT_TELL;
    }

    /** Whether the mean lies below a value. */
    static Answer below(Sample sample, double value) {
        return above(new Sample(sample.values().stream().map(one -> -one).toList()), -value);
    }
}
