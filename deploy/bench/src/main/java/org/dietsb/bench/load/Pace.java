package org.dietsb.bench.load;

import java.util.List;
import java.util.function.Consumer;
import org.dietsb.launcher.text.UserError;

/** Decides when simulated runs announce batches. */
interface Pace {
    /** Called when a mask of this run arrived. */
    void masked(SimulatedRun run);

    /** Called again and again as time passes. */
    default void tick() {}

    /** Announces the runs' batches in turn, evenly, at a total rate. */
    final class Evenly implements Pace {
        /** Number of masks that may be late whatever the rate: a selector that pauses at a low rate is not overloaded. */
        private static final int ANY_RATE = 200;

        private final double rate;
        private final List<SimulatedRun> inTurn;
        private final Consumer<SimulatedRun> announce;
        private final long startedNanos = System.nanoTime();
        private long announced;
        private long masked;

        Evenly(double rate, List<SimulatedRun> inTurn, Consumer<SimulatedRun> announce) {
            this.rate = rate;
            this.inTurn = inTurn;
            this.announce = announce;
        }

        @Override
        public void masked(SimulatedRun run) {
            masked++;
        }

        @Override
        public void tick() {
            while ((System.nanoTime() - startedNanos) * rate >= announced * 1e9) {
                announce.accept(inTurn.get((int) (announced++ % inTurn.size())));
            }
            if (announced - masked > 1 + Math.max(rate, ANY_RATE)) {
                throw new UserError(announced - masked + " masks are late: this machine cannot keep up with --rate");
            }
        }
    }
}
