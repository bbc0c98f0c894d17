package org.dietsb.bench;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.Kind;
import org.jspecify.annotations.Nullable;

/** A policy whose cost is measured, and whether its masks come over Kafka. */
record Cell(String name, Policy policy, boolean overKafka) {
    static final Cell ALONE = new Cell("the trainer alone, without Kafka", Policy.BASELINE, false);

    /** Whose masks are replayed. */
    static final Cell RECORDED = of("recorded", Kind.SELECTIVE, .5, Batching.SHRINK, 1, 1, 0);

    /** What the run of {@link #RECORDED} is called. */
    static final String RECORDED_RUN = "recorded";

    private static final double DIET = .25;

    /**
     * Every policy, the costly ones in every way of making them cheap.
     *
     * @param proxy a model by whose losses runs are judged, too; null = none
     */
    static List<Cell> all(@Nullable String proxy) {
        List<Cell> cells = new ArrayList<>();
        cells.add(new Cell("baseline over Kafka", Policy.BASELINE, true));
        for (Batching batching : Batching.values()) {
            String how = ", " + batching;
            cells.add(of("random 1/2" + how, Kind.RANDOM, .5, batching, 1, 1, 0));
            cells.add(of("random 1/4" + how, Kind.RANDOM, .25, batching, 1, 1, 0));
            cells.add(of("selective 1/2" + how, Kind.SELECTIVE, .5, batching, 1, 1, 0));
            cells.add(of("selective 1/2, half size" + how, Kind.SELECTIVE, .5, batching, 1, .5, 0));
            cells.add(of("selective 1/2, stale:3" + how, Kind.SELECTIVE, .5, batching, 3, 1, 0));
            cells.add(of("selective 1/2, stale:3, half size" + how, Kind.SELECTIVE, .5, batching, 3, .5, 0));
            cells.add(of("diet-selective 1/2 (1/4), half size" + how, Kind.DIET_SELECTIVE, .5, batching, 1, .5, DIET));
            cells.add(of("replay of selective 1/2" + how, Kind.REPLAY, 1, batching, 1, 1, 0));
        }
        if (proxy != null) {
            cells.add(judgedBy(proxy));
        }
        cells.add(of("diet 1/4", Kind.DIET, 1, Batching.SHRINK, 1, 1, DIET));
        cells.add(of("infobatch 1/2", Kind.INFOBATCH, .5, Batching.SHRINK, 1, 1, 0));
        return cells;
    }

    private static Cell of(
            String name, Kind kind, double keep, Batching batching, int lossesEvery, double scale, double prePruned) {
        return new Cell(name, policy(kind, keep, batching, lossesEvery, scale, prePruned, null), true);
    }

    /** By the losses of this model. */
    static Cell judgedBy(String proxy) {
        return new Cell(
                "proxy:" + proxy + " of selective 1/2, accumulate",
                policy(Kind.SELECTIVE, .5, Batching.ACCUMULATE, 1, 1, 0, proxy),
                true);
    }

    /** A diet at random: what it costs to train on does not depend on what was left out. */
    private static Policy policy(
            Kind kind,
            double keep,
            Batching batching,
            int lossesEvery,
            double scale,
            double prePruned,
            @Nullable String proxy) {
        return Policy.ofKind(kind)
                .keep(keep)
                .batching(batching)
                .lossesEvery(lossesEvery)
                .selectionScale(scale)
                .end(1)
                .prePruned(prePruned)
                .order(prePruned > 0 ? Policy.DietOrder.RANDOM : Policy.DietOrder.LOWEST)
                .of(kind == Kind.REPLAY ? RECORDED_RUN : null)
                .proxy(proxy)
                .build();
    }
}
