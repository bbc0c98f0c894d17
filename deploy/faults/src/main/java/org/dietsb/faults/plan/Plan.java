package org.dietsb.faults.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyBuilder;
import org.dietsb.contracts.policy.PolicyKind;

/**
 * The events of a round, a function of its seed alone.
 *
 * @param scores whether a scoring is ordered beside the run
 */
public record Plan(long seed, Policy first, List<Swap> swaps, List<Fault> faults, boolean scores) {
    /** Kinds that need nothing but the losses of the run: the plan has no score set with the classes of its examples. */
    private static final List<PolicyKind> BY_EPOCH = Arrays.stream(PolicyKind.values())
            .filter(kind -> kind.byEpoch() && !kind.judgesByScores())
            .toList();
    /** Every n-th seed has a run with a proxy. */
    private static final int EVERY_PROXY = 5;

    /**
     * A change to another policy, from about that batch on.
     *
     * @param forAnEpoch whether it covers only the rest of the running epoch, after which the policy before applies again
     */
    public record Swap(int atBatch, Policy policy, boolean forAnEpoch) {
        /** Describes it in a few words. */
        public String words() {
            return policy.kind().label() + (forAnEpoch ? " for an epoch" : "");
        }
    }

    public Plan {
        swaps = List.copyOf(swaps);
        faults = List.copyOf(faults);
    }

    /**
     * Draws a plan.
     *
     * @param scoreSet used by diets
     * @param recorded the run that replays use
     */
    public static Plan of(long seed, String scoreSet, String recorded) {
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom schedules = new SplittableRandom(~seed);
        int batches = Workload.batches();
        // Every other round begins with a history, which is the state that a selector can lose.
        Policy first = random.nextBoolean() ? percentile(random) : policy(random, scoreSet, recorded);
        List<Swap> swaps = new ArrayList<>();
        int many = random.nextInt(3);
        for (int i = 0; i < many; i++) {
            swaps.add(new Swap(
                    random.nextInt(5, batches - 15), policy(random, scoreSet, recorded), schedules.nextBoolean()));
        }
        swaps.sort(Comparator.comparingInt(Swap::atBatch));
        List<Fault> faults = new ArrayList<>();
        int blows = random.nextInt(2, 5);
        for (int i = 0; i < blows; i++) {
            // The first fault of each round goes through all combinations, so that 16 consecutive seeds have each once.
            Fault.Where where = i == 0 ? inTurn(Fault.Where.values(), seed) : where(random);
            Fault.Kind kind = i == 0
                    ? inTurn(Fault.Kind.values(), Math.floorDiv(seed, Fault.Where.values().length))
                    : inTurn(Fault.Kind.values(), random.nextInt(Fault.Kind.values().length));
            // Longer than a selector's session and an order's lock: the run moves elsewhere, and the part is fenced
            // when
            // it comes back.
            boolean lengthy = (kind == Fault.Kind.STOP || kind == Fault.Kind.CUT) && random.nextInt(3) == 0;
            Duration hold = Duration.ofMillis(lengthy ? random.nextInt(16_000, 21_000) : random.nextInt(200, 4_000));
            faults.add(new Fault(where, kind, random.nextInt(2, batches - 12), hold));
        }
        faults.sort(Comparator.comparingInt(Fault::atBatch));
        if (Math.floorMod(seed, EVERY_PROXY) == EVERY_PROXY - 1) {
            // A run with a proxy keeps its policy.
            first = percentile(256).proxy(Workload.MODEL).build();
            swaps.clear();
        }
        boolean scores =
                faults.stream().anyMatch(fault -> fault.where() == Fault.Where.SCORER) || random.nextInt(8) == 0;
        return new Plan(seed, first, swaps, faults, scores);
    }

    static <T> T inTurn(T[] all, long turn) {
        return all[(int) Math.floorMod(turn, (long) all.length)];
    }

    private static Fault.Where where(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> Fault.Where.SELECTOR;
            case 3, 4, 5 -> Fault.Where.TRAINER;
            case 6 -> Fault.Where.BROKER;
            default -> Fault.Where.SCORER;
        };
    }

    private static Policy percentile(SplittableRandom random) {
        return percentile(256 << random.nextInt(3)).build();
    }

    private static PolicyBuilder percentile(int historySize) {
        return Policy.ofKind(PolicyKind.SELECTIVE).rule(Policy.Rule.PERCENTILE).historySize(historySize);
    }

    private static Policy policy(SplittableRandom random, String scoreSet, String recorded) {
        return switch (random.nextInt(8)) {
            case 0 -> percentile(random);
            case 1 -> Policy.ofKind(PolicyKind.SELECTIVE).lossesEvery(2).build();
            case 2 ->
                Policy.ofKind(BY_EPOCH.get(random.nextInt(BY_EPOCH.size()))).build();
            case 3 ->
                Policy.ofKind(PolicyKind.DIET_SELECTIVE).scoreSet(scoreSet).build();
            case 4 -> percentile(512).batching(Policy.Batching.ACCUMULATE).build();
            case 5 ->
                Policy.ofKind(PolicyKind.DIET_RANDOM)
                        .order(Policy.DietOrder.RANDOM)
                        .build();
            case 6 -> replay(recorded);
            default -> Policy.ofKind(PolicyKind.RANDOM).build();
        };
    }

    /** Returns the policy of the run that replays use. */
    public static Policy recorded() {
        return Policy.ofKind(PolicyKind.SELECTIVE).build();
    }

    /** Returns the replay of a run. */
    public static Policy replay(String of) {
        return Policy.ofKind(PolicyKind.REPLAY).of(of).build();
    }
}
