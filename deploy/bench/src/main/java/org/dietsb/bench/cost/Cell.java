package org.dietsb.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.contracts.policy.PolicyBuilder;
import org.dietsb.contracts.policy.PolicyKind;
import org.jspecify.annotations.Nullable;

/**
 * A policy whose cost is measured.
 *
 * @param overKafka whether its masks come over Kafka; without, all examples are trained
 * @param inSpans whether batches that need no losses are announced in spans
 */
record Cell(String name, Policy policy, boolean overKafka, boolean inSpans) {
    static final Cell ALONE = new Cell("the trainer alone, without Kafka", Policy.BASELINE, false, false);

    /** The run whose masks are replayed. */
    static final Cell RECORDED = of("recorded", Policy.ofKind(PolicyKind.SELECTIVE));

    /** Id of the score set whose losses and classes some policies use. */
    static final String REFERENCE = "reference";

    /** Id of the run of {@link #RECORDED}. */
    static final String RECORDED_RUN = "recorded";

    /**
     * Returns every policy, and for the costly ones every option that makes them cheaper.
     *
     * @param proxy model of a further run that is judged by a proxy's losses; null = none
     */
    static List<Cell> all(@Nullable String proxy) {
        List<Cell> cells = new ArrayList<>();
        cells.addAll(withOrWithoutSpans("baseline over Kafka", Policy.ofKind(PolicyKind.BASELINE)));
        for (Batching batching : Batching.values()) {
            String how = ", " + batching;
            cells.add(of("random 1/2" + how, policy(PolicyKind.RANDOM, batching)));
            cells.add(of("random 1/4" + how, policy(PolicyKind.RANDOM, batching).keep(.25)));
            Supplier<PolicyBuilder> selective = () -> policy(PolicyKind.SELECTIVE, batching);
            cells.add(of("selective 1/2" + how, selective.get()));
            cells.add(of("selective 1/2, half size" + how, selective.get().selectionScale(.5)));
            cells.add(of("selective 1/2, stale:3" + how, selective.get().lossesEvery(3)));
            PolicyBuilder cheapest = selective.get().lossesEvery(3).selectionScale(.5);
            cells.add(of("selective 1/2, stale:3, half size" + how, cheapest));
            // Diets are random: which examples are left out does not change the cost.
            PolicyBuilder diet = policy(PolicyKind.DIET_SELECTIVE, batching).selectionScale(.5);
            cells.add(of("diet-selective 1/2 (1/4), half size" + how, diet.order(DietOrder.RANDOM)));
            cells.add(of("rho 1/2" + how, policy(PolicyKind.RHO, batching).scoreSet(REFERENCE)));
            cells.add(of(
                    "replay of selective 1/2" + how,
                    policy(PolicyKind.REPLAY, batching).of(RECORDED_RUN)));
        }
        if (proxy != null) {
            cells.add(judgedBy(proxy));
        }
        cells.add(of("diet 1/4", Policy.ofKind(PolicyKind.DIET).order(DietOrder.RANDOM)));
        cells.addAll(withOrWithoutSpans(
                "infobatch 1/2", Policy.ofKind(PolicyKind.INFOBATCH).keep(.5).end(1)));
        cells.add(of("orderdp 1/2", Policy.ofKind(PolicyKind.ORDERDP)));
        cells.add(of("rs2 1/2", Policy.ofKind(PolicyKind.RS2)));
        cells.add(of("progressive", Policy.ofKind(PolicyKind.PROGRESSIVE).end(1)));
        cells.add(of("seta", Policy.ofKind(PolicyKind.SETA).end(1)));
        cells.add(of("bls 1/2", Policy.ofKind(PolicyKind.BLS).end(1)));
        // The epochs that are measured are too few to master an example: what is measured is that nothing else costs.
        cells.add(of("ies", Policy.ofKind(PolicyKind.IES)));
        cells.add(of("rcap 1/2", Policy.ofKind(PolicyKind.RCAP).scoreSet(REFERENCE)));
        return cells;
    }

    private static List<Cell> withOrWithoutSpans(String name, PolicyBuilder policy) {
        return List.of(of(name, policy), new Cell(name + ", a message for each batch", policy.build(), true, false));
    }

    private static PolicyBuilder policy(PolicyKind kind, Batching batching) {
        return Policy.ofKind(kind).batching(batching);
    }

    private static Cell of(String name, PolicyBuilder policy) {
        return new Cell(name, policy.build(), true, true);
    }

    /** Returns the run that is judged by the losses of this model. */
    static Cell judgedBy(String proxy) {
        String name = "proxy:" + proxy + " of selective 1/2, accumulate";
        return of(name, policy(PolicyKind.SELECTIVE, Batching.ACCUMULATE).proxy(proxy));
    }
}
