package org.dietsb.trainer.news;

import org.dietsb.contracts.run.HeldRuns;

/** A run and the sums over its epochs, which remain when its lists do not. */
record TotaledRun(Run run, Totals totals) {
    static final HeldRuns.Traits<TotaledRun> TRAITS = new Traits();

    static TotaledRun of(Run run) {
        return new TotaledRun(run, Totals.of(run));
    }

    private static final class Traits implements HeldRuns.Traits<TotaledRun> {
        @Override
        public HeldRuns.Place place(TotaledRun one) {
            return new HeldRuns.Place(one.run.queuedMillis(), one.run.id());
        }

        @Override
        public boolean isOver(TotaledRun one) {
            return one.run.state().isOver();
        }

        @Override
        public int items(TotaledRun one) {
            return one.run.epochs().size()
                    + one.run.policies().size()
                    + one.run.keptPerClass().size();
        }

        @Override
        public TotaledRun withoutLists(TotaledRun one) {
            return new TotaledRun(one.run.withoutLists(), one.totals);
        }
    }
}
