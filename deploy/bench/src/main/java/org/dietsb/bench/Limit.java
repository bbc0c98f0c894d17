package org.dietsb.bench;

/** What a ratio has to keep. */
sealed interface Limit {
    double bound();

    boolean isKeptBy(double ratio);

    /** For what should be small, such as times. */
    record AtMost(double bound) implements Limit {
        @Override
        public boolean isKeptBy(double ratio) {
            return ratio <= bound;
        }
    }

    /** For what should be large, such as throughput. */
    record AtLeast(double bound) implements Limit {
        @Override
        public boolean isKeptBy(double ratio) {
            return ratio >= bound;
        }
    }
}
