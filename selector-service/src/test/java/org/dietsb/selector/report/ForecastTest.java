package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.dietsb.selector.source.NoSources;
import org.junit.jupiter.api.Test;

class ForecastTest {
    private static final int EXAMPLES = 10_000;
    private static final int BATCH = 128;
    private static final Policy SELECTIVE =
            Policy.ofKind(PolicyKind.SELECTIVE).keep(.5).build();

    private final Trials trials = new Trials(new NoSources(), run -> 0);

    private static RunSheet.Figures epoch(
            int number, long backward, double scaledSelection, double selectionSeconds, double steps, double wait) {
        double[] seconds = {selectionSeconds + steps + wait, selectionSeconds, steps, wait};
        return Sheets.epoch(number, null, EXAMPLES, backward, (long) scaledSelection, scaledSelection, seconds, 1);
    }

    private static RunSheet sheet(RunSheet.Figures... epochs) {
        return Sheets.of(EXAMPLES, 10, epochs.length + 1, 0, List.of(), List.of(epochs));
    }

    private static RunReport report(int kept, List<LastBatch> batches) {
        return report(kept, batches, new float[0]);
    }

    private static RunReport report(int kept, List<LastBatch> batches, float[] losses) {
        LossCounts counts = new LossCounts();
        counts.count(losses, new BitSet());
        List<EpochReport> epochs = List.of(
                new EpochReport(1, 0, losses.length, 0, kept, counts.histogram()),
                new EpochReport(2, 0, 0, 0, kept, new LossCounts().histogram()));
        return new RunReport("run", 3, Instant.EPOCH, 7, EXAMPLES, "f00d", 2, 4, epochs, batches, new float[0]);
    }

    private static Verdict verdict(double kept, double passes) {
        return new Verdict(1_000, 500, (int) (1_000 * kept), 0, .8, passes);
    }

    @Test
    void addsUpStepsSelectionPassesAndWhatElseAnEpochTakes() {
        // Given: the second epoch took 2 ms an example for 5,000 of them, .5 ms for each of 10,000 passes, and .7 s.
        RunSheet run = sheet(epoch(1, 5_000, 10_000, 8, 20, 2), epoch(2, 5_000, 10_000, 5, 10, .7));
        RunReport report = report(EXAMPLES, List.of());

        Forecast quarter =
                Forecast.of(run, report, SELECTIVE, verdict(.25, .25 + 1 / 3.0)).orElseThrow();
        assertThat(quarter.kept()).isEqualTo(.25);
        assertThat(quarter.seconds()).isCloseTo(5 + 5 + .7, within(1e-9));
        assertThat(quarter.secondsNow()).isCloseTo(15.7, within(1e-9));
        assertThat(Forecast.of(run, report, SELECTIVE, verdict(.7, .7))
                        .orElseThrow()
                        .seconds())
                .as("without selection passes")
                .isCloseTo(14 + .7, within(1e-9));
    }

    @Test
    void aPassOfARunThatHadNoneTakesAThirdOfAStep() {
        RunSheet run = sheet(epoch(1, EXAMPLES, 0, 0, 30, 0));
        assertThat(Forecast.of(run, report(EXAMPLES, List.of()), SELECTIVE, verdict(.5, .5 + 1 / 3.0))
                        .orElseThrow()
                        .seconds())
                .isCloseTo(15 + 10, within(1e-9));
    }

    @Test
    void nothingIsForecastBeforeTheFirstEpochIsOverOrOfWhatIsLeftOut() {
        assertThat(Forecast.of(sheet(), report(EXAMPLES, List.of()), SELECTIVE, verdict(.5, .5)))
                .isEmpty();
        assertThat(Forecast.of(
                        sheet(epoch(1, 7_500, 0, 0, 30, 0)),
                        report(EXAMPLES * 3 / 4, List.of()),
                        SELECTIVE,
                        verdict(.5, .5)))
                .isEmpty();
    }

    @Test
    void nothingIsForecastOfGroupsThatFollowFromTheRarestLosses() {
        RunSheet run = sheet(epoch(1, EXAMPLES, 0, 0, 30, 0));
        Policy seta = Policy.ofKind(PolicyKind.SETA).build();
        assertThat(Forecast.of(run, report(EXAMPLES, List.of()), seta, verdict(.5, .5)))
                .isEmpty();
    }

    /** The last batches of an epoch whose examples have these losses, in a random order. */
    private static List<LastBatch> last(float[] losses, Random random) {
        List<LastBatch> last = new ArrayList<>();
        int[] indices = random.ints(0, EXAMPLES).distinct().limit(8 * BATCH).toArray();
        for (int batch = 0; batch < 8; batch++) {
            int[] of = IntStream.of(indices)
                    .skip((long) batch * BATCH)
                    .limit(BATCH)
                    .toArray();
            float[] its = new float[BATCH];
            for (int i = 0; i < BATCH; i++) {
                its[i] = losses[of[i]];
            }
            BitSet half = new BitSet();
            half.set(0, BATCH / 2);
            last.add(new LastBatch(2, batch, 0, SELECTIVE, of, its, half));
        }
        return last;
    }

    @Test
    void forecastsOfThirtyRunsAreWithinTwoPoints() {
        List<Policy> policies = List.of(
                Policy.ofKind(PolicyKind.INFOBATCH).keep(.5).build(),
                Policy.ofKind(PolicyKind.BLS).keep(.5).build(),
                Policy.ofKind(PolicyKind.PROGRESSIVE).build(),
                Policy.ofKind(PolicyKind.REPB).keep(.5).build(),
                Policy.ofKind(PolicyKind.ORDERDP).keep(.4).build(),
                Policy.ofKind(PolicyKind.SELECTIVE).keep(.3).build(),
                Policy.ofKind(PolicyKind.RANDOM).keep(.3).build());
        double whole = .003 * EXAMPLES;
        for (int seed = 1; seed <= 30; seed++) {
            // Given: a run whose first epoch trained half of everything; skewed losses, more or less from run to run.
            Random random = new Random(seed);
            double scale = .5 + random.nextDouble();
            float[] losses = new float[EXAMPLES];
            for (int i = 0; i < EXAMPLES; i++) {
                losses[i] = (float) (scale * Math.exp(.8 * random.nextGaussian()));
            }
            RunSheet run = sheet(epoch(1, EXAMPLES / 2, EXAMPLES, .001 * EXAMPLES, .003 * EXAMPLES / 2, .4));
            RunReport report = report(EXAMPLES, last(losses, random), losses);
            for (Policy policy : policies) {
                // When
                Verdict tried = ((Trial.Judged) trials.of(report, policy)).all();
                Forecast forecast = Forecast.of(run, report, policy, tried).orElseThrow();

                // Then
                double kept = kept(policy, losses, seed);
                double selection = policy.kind().byLoss() ? .001 * EXAMPLES : 0;
                assertThat(forecast.kept()).as("%s, run %d", policy, seed).isCloseTo(kept, within(.02));
                assertThat(forecast.seconds())
                        .as("%s, run %d", policy, seed)
                        .isCloseTo(.003 * EXAMPLES * kept + selection + .4, within(.02 * whole));
            }
        }
    }

    /** Share that an epoch of the policy keeps of all examples. */
    private static double kept(Policy policy, float[] losses, long seed) {
        if (!policy.kind().byEpoch()) {
            return policy.keep();
        }
        BitSet below = RePB.belowMean(losses);
        IntToDoubleFunction signed = index -> below.get(index) ? -losses[index] : losses[index];
        return (double) EpochRule.of(policy)
                        .choose(new EpochRule.Epoch(seed, 2, EXAMPLES), signed)
                        .kept()
                        .cardinality()
                / EXAMPLES;
    }
}
