package org.dietsb.selector.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.RecentLosses;

/** Rules that go by more than the last loss of each example, each with a plain implementation, which keeps what it needs in its own way. */
final class StatefulRules {
    private static final int STEP = 128;

    private StatefulRules() {}

    /** A run by a rule, and the same by its plain implementation. */
    interface Subject {
        BitSet choose(int epoch);

        BitSet plainly(int epoch);

        /**
         * Trains an epoch.
         *
         * @param losses [N] of the epoch, in nats
         */
        void train(int epoch, BitSet kept, float[] losses);
    }

    /** BLS: infobatch by smoothed mean losses of steps. */
    static final class Bls implements Subject {
        private final long seed;
        private final double keep;
        private final double smoothing;
        private final float[] scores;
        private final float[] plain;

        Bls(long seed, int examples, double keep, double smoothing) {
            this.seed = seed;
            this.keep = keep;
            this.smoothing = smoothing;
            this.scores = new float[examples];
            Arrays.fill(scores, Float.NaN);
            this.plain = scores.clone();
        }

        @Override
        public BitSet choose(int epoch) {
            return new InfoBatch(keep)
                    .choose(new EpochRule.Epoch(seed, epoch, scores.length), index -> scores[index])
                    .kept();
        }

        @Override
        public BitSet plainly(int epoch) {
            double sum = 0;
            int known = 0;
            for (float score : plain) {
                if (score >= 0) {
                    sum += score;
                    known++;
                }
            }
            List<Integer> below = new ArrayList<>();
            BitSet kept = new BitSet();
            for (int index = 0; index < plain.length; index++) {
                kept.set(index);
                if (plain[index] < sum / known) {
                    below.add(index);
                }
            }
            below.sort(Comparator.comparingDouble(index -> RandomStream.uniform("mask-infobatch", seed, epoch, index)));
            below.subList(0, (int) ((1 - keep) * below.size() + 1e-9)).forEach(kept::clear);
            return kept;
        }

        @Override
        public void train(int epoch, BitSet kept, float[] losses) {
            int[] all = kept.stream().toArray();
            for (int first = 0; first < all.length; first += STEP) {
                int[] step = Arrays.copyOfRange(all, first, Math.min(all.length, first + STEP));
                float[] before = new float[step.length];
                float[] ofStep = new float[step.length];
                double sum = 0;
                for (int place = 0; place < step.length; place++) {
                    before[place] = scores[step[place]];
                    ofStep[place] = losses[step[place]];
                    sum += ofStep[place];
                }
                float[] after = BatchLossScore.after(before, ofStep, smoothing);
                for (int place = 0; place < step.length; place++) {
                    scores[step[place]] = after[place];
                    double was = epoch == 1 ? 0 : plain[step[place]];
                    plain[step[place]] = (float) (smoothing * was + (1 - smoothing) * (sum / step.length));
                }
            }
        }
    }

    /** IES: examples whose loss still bends. */
    static final class Ies implements Subject {
        private final long seed;
        private final int examples;
        private final double delta;
        private final int recheck;
        private final RecentLosses recent;
        /** The losses of each epoch so far; NaN of an example that it left out. */
        private final List<float[]> measured = new ArrayList<>();

        Ies(long seed, int examples, double delta, int recheck) {
            this.seed = seed;
            this.examples = examples;
            this.delta = delta;
            this.recheck = recheck;
            this.recent = new RecentLosses(examples);
        }

        @Override
        public BitSet choose(int epoch) {
            return new InstanceSelection(delta, recheck)
                    .choose(new EpochRule.Epoch(seed, epoch, examples), recent::bend)
                    .kept();
        }

        @Override
        public BitSet plainly(int epoch) {
            BitSet kept = new BitSet();
            for (int index = 0; index < examples; index++) {
                List<Float> last = new ArrayList<>();
                for (int before = measured.size() - 1; before >= 0 && last.size() < 5; before--) {
                    if (measured.get(before)[index] >= 0) {
                        last.add(0, measured.get(before)[index]);
                    }
                }
                int turn = (int) (RandomStream.uniform("mask-ies-turn", seed, index) * recheck);
                kept.set(index, last.size() < 5 || bend(last) >= delta || (turn + epoch) % recheck == 0);
            }
            return kept;
        }

        private static double bend(List<Float> five) {
            double sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += Math.abs(
                        five.get(i + 2).doubleValue() - 2 * five.get(i + 1).doubleValue() + five.get(i));
            }
            return sum / 3;
        }

        @Override
        public void train(int epoch, BitSet kept, float[] losses) {
            float[] now = new float[examples];
            Arrays.fill(now, Float.NaN);
            kept.stream().forEach(index -> {
                recent.add(index, losses[index]);
                now[index] = losses[index];
            });
            measured.add(now);
        }
    }

    /** RCAP: quotas of classes. */
    static final class Rcap implements Subject {
        private final long seed;
        private final double keep;
        private final double beta;
        private final int[] labels;
        private final float[] last;
        private BitSet before;

        Rcap(long seed, int examples, double keep, double beta, IntUnaryOperator label) {
            this.seed = seed;
            this.keep = keep;
            this.beta = beta;
            this.labels = new int[examples];
            Arrays.setAll(labels, label);
            this.last = new float[examples];
            Arrays.fill(last, Float.NaN);
            this.before = EpochRule.all(examples);
        }

        @Override
        public BitSet choose(int epoch) {
            return new ClassQuotas(keep, beta, Classes.of(labels), before)
                    .choose(new EpochRule.Epoch(seed, epoch, labels.length), index -> last[index])
                    .kept();
        }

        @Override
        public BitSet plainly(int epoch) {
            List<List<Integer>> classes = new ArrayList<>();
            for (int index = 0; index < labels.length; index++) {
                while (classes.size() <= labels[index]) {
                    classes.add(new ArrayList<>());
                }
                classes.get(labels[index]).add(index);
            }
            double[] scaled = new double[labels.length];
            double most = StrictMath.log(classes.size());
            for (int index = 0; index < scaled.length; index++) {
                scaled[index] = (Float.isNaN(last[index]) ? most : Math.min(last[index], most)) / beta;
            }
            int[] quotas = quotas(classes, scaled);
            BitSet kept = new BitSet();
            for (int label = 0; label < quotas.length; label++) {
                double[] arrivals = new double[labels.length];
                for (int index : classes.get(label)) {
                    double u = RandomStream.uniform("mask-rcap", seed, epoch, index);
                    arrivals[index] = StrictMath.log(-StrictMath.log(u)) - scaled[index];
                }
                List<Integer> order = new ArrayList<>(classes.get(label));
                order.sort(Comparator.comparingDouble(index -> arrivals[index]));
                order.subList(0, quotas[label]).forEach(kept::set);
            }
            return kept;
        }

        /** Every label up to the largest has examples. */
        private int[] quotas(List<List<Integer>> classes, double[] scaled) {
            double[] weights = new double[classes.size()];
            List<Integer> open = new ArrayList<>();
            for (int label = 0; label < weights.length; label++) {
                List<Integer> members = classes.get(label);
                double highest = members.stream()
                        .mapToDouble(index -> scaled[index])
                        .max()
                        .orElseThrow();
                double all = 0;
                double trained = 0;
                for (int index : members) {
                    all += StrictMath.exp(scaled[index] - highest);
                    trained += before.get(index) ? StrictMath.exp(scaled[index] - highest) : 0;
                }
                weights[label] = StrictMath.sqrt(trained / all * members.size());
                open.add(label);
            }
            int m = (int) Math.floor(keep * labels.length + .5 + 1e-9);
            double[] shares = new double[weights.length];
            int[] quotas = new int[weights.length];
            for (boolean again = true; again; ) {
                double total = 0;
                for (int label : open) {
                    total += weights[label];
                }
                for (int label : open) {
                    shares[label] = (m - IntStream.of(quotas).sum()) * weights[label] / total;
                }
                List<Integer> full = open.stream()
                        .filter(label -> shares[label] >= classes.get(label).size())
                        .toList();
                full.forEach(label -> quotas[label] = classes.get(label).size());
                again = open.removeAll(full);
            }
            open.forEach(label -> quotas[label] = (int) Math.floor(shares[label]));
            open.sort(Comparator.comparingDouble((Integer label) -> quotas[label] - shares[label])
                    .thenComparing(Comparator.naturalOrder()));
            int left = m - IntStream.of(quotas).sum();
            open.subList(0, left).forEach(label -> quotas[label]++);
            for (int label = 0; label < quotas.length; label++) {
                if (quotas[label] == 0) {
                    int largest = 0;
                    for (int other = 1; other < quotas.length; other++) {
                        largest = quotas[other] > quotas[largest] ? other : largest;
                    }
                    quotas[largest]--;
                    quotas[label] = 1;
                }
            }
            return quotas;
        }

        @Override
        public void train(int epoch, BitSet kept, float[] losses) {
            before = kept;
            kept.stream().forEach(index -> last[index] = losses[index]);
        }
    }
}
