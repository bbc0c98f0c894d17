package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.source.NoSources;
import org.junit.jupiter.api.Test;

class TrialsTest {
    private static final int SIZE = 64;
    private static final Policy PERCENTILE =
            policy("{'kind':'selective','keep':0.25,'rule':'percentile','historySize':128}");

    private final Trials trials =
            new Trials(new Recorded(), run -> run.equals("short") ? 2 : run.equals("run") ? 3 : 0);

    /** One record: in its first epoch the even examples, in its second the multiples of three; the third is no longer kept. */
    private static final class Recorded extends NoSources {
        @Override
        public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
            throw new RefusalException("score set " + scoreSet + " is unknown");
        }

        @Override
        public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
            if (!of.equals("other")) {
                throw new RefusalException("the masks of run " + of + " are not recorded");
            }
            RecordedRun.Epoch epoch = new RecordedRun.Epoch(1, 500, null, PERCENTILE);
            return new RecordedRun(of, 1, "0123456789abcdef", null, "", List.of(epoch, epoch, epoch));
        }

        @Override
        public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
            BitSet selected = new BitSet();
            IntStream.range(0, 1_000).filter(i -> i % (epoch + 1) == 0).forEach(selected::set);
            return epoch == 3 ? Optional.empty() : Optional.of(new MaskRecords.Masks(selected, null));
        }
    }

    private final Random random = new Random(1);

    private static Policy policy(String json) {
        return StrictJson.read(json.replace('\'', '"'), PolicyJson.class, "a policy")
                .toPolicy();
    }

    /** Of 1,000 examples, four batches judged by this policy, after 200 losses. */
    private RunReport run(Policy policy, boolean withLosses) {
        LossHistory history = new LossHistory(Math.max(1, policy.historySize()));
        float[] before = losses(200);
        history.append(before);
        List<LastBatch> batches = new ArrayList<>();
        for (int batch = 0; batch < 4; batch++) {
            float[] losses = withLosses ? losses(SIZE) : new float[0];
            BitSet selected = new BitSet();
            for (int place : BatchRule.of(policy).select(new Batch(7, 2, batch, SIZE, losses), history)) {
                selected.set(place);
            }
            int first = batch * SIZE;
            int[] indices = IntStream.range(first, first + SIZE).toArray();
            batches.add(new LastBatch(2, batch, 0, policy, indices, losses, selected));
        }
        return new RunReport("run", 3, Instant.EPOCH, 7, 1_000, "f00d", 2, 4, List.of(), batches, before);
    }

    private float[] losses(int count) {
        float[] losses = new float[count];
        for (int i = 0; i < count; i++) {
            losses[i] = random.nextFloat();
        }
        return losses;
    }

    private Verdict all(RunReport run, Policy policy) {
        return ((Trial.Judged) trials.of(run, policy)).all();
    }

    @Test
    void thePolicyInForceSelectsTheSameAgain() {
        Trial.Judged same = (Trial.Judged) trials.of(run(PERCENTILE, true), PERCENTILE);
        assertThat(same.batches()).hasSize(4).allSatisfy(batch -> {
            assertThat(batch.verdict().jaccard()).isEqualTo(1);
            assertThat(batch.verdict().passes()).isEqualTo(batch.verdict().passesNow());
        });
        assertThat(same.all().kept()).isPositive();
    }

    @Test
    void computesWhatAnotherPolicyWouldKeepAndCost() {
        Policy half = policy("{'kind':'selective','keep':0.5}");
        RunReport run = run(half, true);
        Verdict quarter = all(run, policy("{'kind':'selective','keep':0.25}"));
        assertThat(quarter.shareKeptNow()).isEqualTo(.5);
        assertThat(quarter.shareKept()).isEqualTo(.25);
        assertThat(quarter.passesNow()).isCloseTo(.8333, within(1e-4));
        assertThat(quarter.passes()).isCloseTo(.5833, within(1e-4));
        Verdict whole = all(run, Policy.BASELINE);
        assertThat(whole.passes()).isEqualTo(1);
        assertThat(whole.jaccard()).isEqualTo(.5);
        assertThat(whole.stillKept()).isEqualTo(1);
        assertThat(all(run, policy("{'kind':'selective','losses':'stale:3','selectionScale':0.5}"))
                        .passes())
                .isCloseTo(.25 / 9 + .5, within(1e-9));
    }

    @Test
    void aDietDropsFromBatchesWhatItDropsFromTheTrainingSet() {
        Policy diet = policy("{'kind':'diet-random','order':'random','prePruned':0.5,'keep':1}");
        Verdict verdict = all(run(Policy.BASELINE, true), diet);
        assertThat(verdict.shareKept()).isCloseTo(.5, within(.1));
        assertThat(verdict.passes()).isEqualTo(verdict.shareKept());
    }

    @Test
    void infoBatchDropsHalfOfTheLossesBelowTheMean() {
        RunReport run = run(PERCENTILE, true);
        Verdict verdict = all(run, policy("{'kind':'infobatch','keep':0.5}"));
        assertThat(verdict.shareKept()).isBetween(.7, .8);
    }

    @Test
    void aReplayKeepsTheExamplesThatTheRecordSelected() {
        // Given: a run in its second epoch, which kept half of each batch.
        Policy replay = policy("{'kind':'replay','of':'other'}");
        RunReport run = run(policy("{'kind':'random'}"), false);

        // When
        Verdict verdict = all(run, replay);

        // Then: of the examples 0 to 255 three divides 86; the overlap is that of the two masks.
        assertThat(verdict.kept()).isEqualTo(86);
        assertThat(verdict.passes()).isCloseTo(86 / 256.0, within(1e-9));
        long both = run.lastBatches().stream()
                .mapToLong(batch -> batch.selected().stream()
                        .filter(place -> batch.indices()[place] % 3 == 0)
                        .count())
                .sum();
        assertThat(verdict.both()).isEqualTo((int) both);
        assertThat(verdict.stillKept()).isEqualTo(both / 128.0);

        // And: missing masks are named, and the replayed epoch follows from the progress.
        assertThat(trials.of(run, policy("{'kind':'replay','of':'nobody'}")))
                .isEqualTo(new Trial.Impossible("the masks of run nobody are not recorded"));
        assertThat(trials.of(named(run, "short"), replay))
                .isEqualTo(new Trial.Impossible("the masks of run other, epoch 3, are no longer kept"));
        assertThat(trials.of(named(run, "unknown"), replay)).isInstanceOf(Trial.Impossible.class);
    }

    private static RunReport named(RunReport run, String id) {
        return new RunReport(
                id,
                run.attempt(),
                run.at(),
                run.seed(),
                run.examples(),
                run.fingerprint(),
                run.epoch(),
                run.batch(),
                run.epochs(),
                run.lastBatches(),
                run.historyBefore());
    }

    @Test
    void rePBDropsHalfOfTheLossesBelowTheMeanOfTheirBatch() {
        Verdict verdict = all(run(PERCENTILE, true), policy("{'kind':'repb','keep':0.5}"));
        assertThat(verdict.shareKept()).isBetween(.7, .8);
    }

    @Test
    void triesAPolicyByLossesOnTheLastBatchesThatHadThem() {
        // Given: four batches with losses, and then one of random without
        RunReport selective = run(PERCENTILE, true);
        LastBatch last = run(policy("{'kind':'random'}"), false).lastBatches().get(0);
        List<LastBatch> batches = new ArrayList<>(selective.lastBatches());
        batches.add(new LastBatch(3, 0, 1, last.policy(), last.indices(), last.losses(), last.selected()));
        RunReport swapped = new RunReport(
                "run", 3, Instant.EPOCH, 7, 1_000, "f00d", 3, 1, List.of(), batches, selective.historyBefore());

        // Then a dry run back selects what was selected, and one of another kind is of the last batches
        Trial.Judged back = (Trial.Judged) trials.of(swapped, PERCENTILE);
        assertThat(back.batches()).extracting(Trial.OfBatch::epoch).containsExactly(2, 2, 2, 2);
        assertThat(back.all().jaccard()).isEqualTo(1);
        Trial.Judged other = (Trial.Judged) trials.of(swapped, policy("{'kind':'random'}"));
        assertThat(other.batches()).last().satisfies(batch -> assertThat(batch.epoch())
                .isEqualTo(3));
    }

    @Test
    void namesWhatTheBatchesLack() {
        RunReport random = run(policy("{'kind':'random'}"), false);
        assertThat(trials.of(random, PERCENTILE))
                .isEqualTo(
                        new Trial.Impossible("selective needs losses, and 4 of the last 4 batches of run run have none:"
                                + " they had no selection pass"));
        assertThat(all(random, policy("{'kind':'random','keep':0.25}")).shareKept())
                .isEqualTo(.25);
        assertThat(trials.of(random, policy("{'kind':'diet','scoreSet':'none'}")))
                .isEqualTo(new Trial.Impossible("score set none is unknown"));
        assertThat(trials.of(random, policy("{'kind':'diet','scoreSet':'own:2'}")))
                .isEqualTo(new Trial.Impossible("score set run.own is unknown"));
        RunReport withLosses = run(PERCENTILE, true);
        assertThat(trials.of(withLosses, policy("{'kind':'selective','rule':'percentile','historySize':8}")))
                .isEqualTo(new Trial.Impossible("historySize is 8, allowed is at least the batch size, 64"));
        RunReport none =
                new RunReport("run", 3, Instant.EPOCH, 7, 1_000, "f00d", 1, 0, List.of(), List.of(), new float[0]);
        assertThat(trials.of(none, Policy.BASELINE)).isInstanceOf(Trial.Impossible.class);
    }
}
