package org.dietsb.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.Kind;
import org.jspecify.annotations.Nullable;

/** A policy whose cost is measured, with or without masks over Kafka. */
record Cell(String name, Policy policy, boolean overKafka) {
    static final Cell ALONE = new Cell("the trainer alone, without Kafka", Policy.BASELINE, false);

    /** The run whose masks are replayed. */
    static final Cell RECORDED = of("recorded", Kind.SELECTIVE, policy -> {});

    /** Id of the run of {@link #RECORDED}. */
    static final String RECORDED_RUN = "recorded";

    /**
     * Returns every policy, and for the costly ones every option that makes them cheaper.
     *
     * @param proxy model of a further run that is judged by a proxy's losses; null = none
     */
    static List<Cell> all(@Nullable String proxy) {
        List<Cell> cells = new ArrayList<>();
        cells.add(new Cell("baseline over Kafka", Policy.BASELINE, true));
        for (Batching batching : Batching.values()) {
            String how = ", " + batching;
            cells.add(of("random 1/2" + how, Kind.RANDOM, policy -> policy.batching(batching)));
            cells.add(of("random 1/4" + how, Kind.RANDOM, policy -> policy.batching(batching)
                    .keep(.25)));
            cells.add(of("selective 1/2" + how, Kind.SELECTIVE, policy -> policy.batching(batching)));
            cells.add(of("selective 1/2, half size" + how, Kind.SELECTIVE, policy -> policy.batching(batching)
                    .selectionScale(.5)));
            cells.add(of("selective 1/2, stale:3" + how, Kind.SELECTIVE, policy -> policy.batching(batching)
                    .lossesEvery(3)));
            cells.add(of("selective 1/2, stale:3, half size" + how, Kind.SELECTIVE, policy -> policy.batching(batching)
                    .lossesEvery(3)
                    .selectionScale(.5)));
            cells.add(of(
                    "diet-selective 1/2 (1/4), half size" + how,
                    Kind.DIET_SELECTIVE,
                    policy -> policy.batching(batching).selectionScale(.5).order(Policy.DietOrder.RANDOM)));
            cells.add(of("replay of selective 1/2" + how, Kind.REPLAY, policy -> policy.batching(batching)
                    .of(RECORDED_RUN)));
        }
        if (proxy != null) {
            cells.add(judgedBy(proxy));
        }
        // Diets are random: which examples are left out does not change the cost.
        cells.add(of("diet 1/4", Kind.DIET, policy -> policy.order(Policy.DietOrder.RANDOM)));
        cells.add(of("infobatch 1/2", Kind.INFOBATCH, policy -> policy.keep(.5).end(1)));
        return cells;
    }

    private static Cell of(String name, Kind kind, Consumer<Policy.Builder> options) {
        Policy.Builder policy = Policy.ofKind(kind);
        options.accept(policy);
        return new Cell(name, policy.build(), true);
    }

    /** Returns the run that is judged by the losses of this model. */
    static Cell judgedBy(String proxy) {
        return of("proxy:" + proxy + " of selective 1/2, accumulate", Kind.SELECTIVE, policy -> policy.batching(
                        Batching.ACCUMULATE)
                .proxy(proxy));
    }
}
