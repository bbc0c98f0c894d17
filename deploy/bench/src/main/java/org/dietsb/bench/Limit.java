package org.dietsb.bench;

/** What a ratio has to keep. */
sealed interface Limit {
    double bound();

    boolean isKeptBy(double ratio);

    /** What stands before the bound. */
    String sign();

    /** For what should be small, such as times. */
    record AtMost(double bound) implements Limit {
        @Override
        public boolean isKeptBy(double ratio) {
            return ratio <= bound;
        }

        @Override
        public String sign() {
            return "<= ";
        }
    }

    /** For what should be large, such as throughput. */
    record AtLeast(double bound) implements Limit {
        @Override
        public boolean isKeptBy(double ratio) {
            return ratio >= bound;
        }

        @Override
        public String sign() {
            return ">= ";
        }
    }

    /** For a cost that cannot be less than its parts, and should be little more: {@link #TOLERANCE}. */
    record Parts(double bound) implements Limit {
        static final double TOLERANCE = .05;

        @Override
        public boolean isKeptBy(double ratio) {
            return ratio <= bound * (1 + TOLERANCE);
        }

        @Override
        public String sign() {
            return "";
        }
    }
}
