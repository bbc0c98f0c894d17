package org.dietsb.launcher.report;

import org.dietsb.launcher.sample.Sample;

/**
 * The verdict of an experiment on a claim.
 *
 * @param test test that decides, with its threshold
 * @param figures figures on which the verdict is based
 */
record Verdict(String claim, Answer answer, String test, String figures) {

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

        /** Returns the answer to a claim of two parts that must both hold. */
        Answer and(Answer other) {
            if (this == DOES_NOT_HOLD || other == DOES_NOT_HOLD) {
                return DOES_NOT_HOLD;
            }
            return this == HOLDS && other == HOLDS ? HOLDS : CANNOT_TELL;
        }
    }

    /** Whether the mean lies above a value: yes or no if its whole 95 % interval does or does not, undecided otherwise. */
    static Answer above(Sample sample, double value) {
        if (sample.n() < 2) {
            return Answer.CANNOT_TELL;
        }
        if (sample.low() > value) {
            return Answer.HOLDS;
        }
        return sample.high() < value ? Answer.DOES_NOT_HOLD : Answer.CANNOT_TELL;
    }

    /** Whether the mean lies below a value, by its 95 % interval. */
    static Answer below(Sample sample, double value) {
        return above(new Sample(sample.values().stream().map(one -> -one).toList()), -value);
    }
}
