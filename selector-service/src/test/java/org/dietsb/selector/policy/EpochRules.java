package org.dietsb.selector.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;

/** Plain implementations of the rules that judge by epoch: lists, sorts and loops. The real ones must choose the same, bit for bit. */
final class EpochRules {
    private EpochRules() {}

    static BitSet orderDP(double keep, double draw, long seed, int epoch, float[] losses) {
        int n = losses.length;
        int q = Math.max(1, (int) Math.floor(keep * n + .5 + 1e-9));
        int s = Math.max(q, Math.max(1, (int) Math.floor(draw * n + .5 + 1e-9)));
        List<Integer> drawn = sorted(n, index -> RandomStream.uniform("mask-orderdp", seed, epoch, index))
                .subList(0, s);
        List<Integer> highest = new ArrayList<>(drawn);
        highest.sort(Comparator.comparingDouble((Integer index) -> -known(losses[index]))
                .thenComparingDouble(index -> RandomStream.uniform("mask-orderdp-ties", seed, epoch, index)));
        return bits(highest.subList(0, q));
    }

    static BitSet progressive(double tau, double gamma, int recheck, long seed, int epoch, float[] losses) {
        List<Integer> wanted = new ArrayList<>();
        for (int index = 0; index < losses.length; index++) {
            double probability = Float.isNaN(losses[index]) ? 0 : StrictMath.exp(-losses[index]);
            int turn = (int) (RandomStream.uniform("mask-progressive-turn", seed, index) * recheck);
            if (tau == 1 || probability < tau || (turn + epoch) % recheck == 0) {
                wanted.add(index);
            }
        }
        wanted.sort(Comparator.comparingDouble(index -> RandomStream.uniform("mask-progressive", seed, epoch, index)));
        double most = Math.max(1, Math.floor(StrictMath.pow(gamma, epoch - 1) * losses.length + .5 + 1e-9));
        return bits(wanted.subList(0, (int) Math.min(most, wanted.size())));
    }

    /** The groups are those of {@link #groups}, whose losses may not be all equal. */
    static BitSet seTa(double drop, int groups, double window, long seed, int epoch, float[] losses) {
        int n = losses.length;
        int count = (int) Math.floor((1 - drop) * n + 1e-9);
        List<Integer> drawn = sorted(n, index -> RandomStream.uniform("mask-seta", seed, epoch, index))
                .subList(0, count);
        if (epoch == 1) {
            return bits(drawn);
        }
        int size = (int) Math.rint(groups * window);
        int first = (epoch - 1) % (groups - size + 1);
        List<List<Integer>> all = groups(drawn, groups, seed, epoch, losses);
        List<Integer> kept = new ArrayList<>();
        all.subList(first, first + size).forEach(kept::addAll);
        return bits(kept);
    }

    /** Lloyd's algorithm, each example with the group whose centre is nearest, of two the harder. */
    private static List<List<Integer>> groups(List<Integer> drawn, int groups, long seed, int epoch, float[] losses) {
        List<Integer> sample = new ArrayList<>(drawn);
        sample.sort(Comparator.comparingDouble(index -> RandomStream.uniform("mask-seta-sample", seed, epoch, index)));
        double[] sorted = sample.stream()
                .limit(4_096)
                .mapToDouble(index -> known(losses[index]))
                .sorted()
                .toArray();
        double[] centres = IntStream.range(0, groups)
                .mapToDouble(group -> sorted[(int) ((group + .5) / groups * sorted.length)])
                .toArray();
        List<Integer> byIndex = drawn.stream().sorted().toList();
        for (int round = 0; ; round++) {
            List<List<Integer>> members = new ArrayList<>();
            IntStream.range(0, groups).forEach(group -> members.add(new ArrayList<>()));
            for (int index : byIndex) {
                int nearest = 0;
                for (int group = 1; group < groups; group++) {
                    // Half-way between two centres belongs to the harder one.
                    if (known(losses[index]) >= (centres[group - 1] + centres[group]) / 2) {
                        nearest = group;
                    }
                }
                members.get(nearest).add(index);
            }
            double[] next = centres.clone();
            for (int group = 0; group < groups; group++) {
                double sum = 0;
                for (int index : members.get(group)) {
                    sum += known(losses[index]);
                }
                next[group] = members.get(group).isEmpty()
                        ? centres[group]
                        : sum / members.get(group).size();
            }
            if (Arrays.equals(next, centres) || round == 300) {
                return members;
            }
            centres = next;
        }
    }

    private static double known(float loss) {
        return Float.isNaN(loss) ? 3 : loss;
    }

    private interface Key {
        double of(int index);
    }

    private static List<Integer> sorted(int n, Key key) {
        double[] keys = IntStream.range(0, n).mapToDouble(key::of).toArray();
        return IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(index -> keys[index]))
                .toList();
    }

    private static BitSet bits(List<Integer> places) {
        BitSet bits = new BitSet();
        places.forEach(bits::set);
        return bits;
    }

    /**
     * RS2 as a walk: the examples of a round in a list, from which each epoch takes its part.
     */
    static final class Walk {
        private final int n;
        private final int m;
        private final long seed;
        private final Deque<Integer> left = new ArrayDeque<>();
        private int round = -1;

        /** Creates a walk of n examples, m an epoch, at most half. */
        Walk(int n, int m, long seed) {
            this.n = n;
            this.m = m;
            this.seed = seed;
        }

        BitSet next() {
            List<Integer> epoch = new ArrayList<>();
            List<Integer> before = List.of();
            if (left.size() < m) {
                before = List.copyOf(left);
                epoch.addAll(left);
                begin(before);
            }
            while (epoch.size() < m) {
                epoch.add(left.remove());
            }
            return bits(epoch);
        }

        /** Begins a round: a head without these, then by the draws, the largest of which come last in any case. */
        private void begin(List<Integer> before) {
            round++;
            List<Integer> order = sorted(n, index -> RandomStream.uniform("mask-rs2", seed, round, index));
            List<Integer> tail = order.subList(n - (int) ((round + 1L) * n % m), n);
            Set<Integer> notYet = new HashSet<>(before);
            notYet.addAll(tail);
            int missing = before.isEmpty() ? 0 : m - before.size();
            List<Integer> head = order.stream()
                    .filter(index -> !notYet.contains(index))
                    .limit(missing)
                    .toList();
            Set<Integer> placed = new HashSet<>(head);
            placed.addAll(tail);
            left.clear();
            left.addAll(head);
            order.stream().filter(index -> !placed.contains(index)).forEach(left::add);
            left.addAll(tail);
        }
    }
}
