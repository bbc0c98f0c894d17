package org.dietsb.selector.report;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.InfoBatch;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.swap.Runs;
import org.jspecify.annotations.Nullable;

/**
 * Policies tried on a run's last batches: what they would have selected of just these examples, with the losses before them as history.
 * The diet leaves out of a batch what it would have left out of the training set; infobatch and repb go by the batches' losses, as if
 * they were all it knows; replay goes by the record. A schedule (start, end, interrupt) is not looked at.
 */
@ApplicationScoped
public class Trials {
    private final Function<String, ScoreSets.Found> scoreSets;
    private final Records records;

    /** What a replay goes by. */
    interface Records {
        MaskRecords.Found find(String of, int examples, String fingerprint);

        Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch);

        /** How many epochs this run has by its order; 0 where that is not known. */
        int epochs(String runId);
    }

    @Inject
    Trials(ScoreSets scoreSets, MaskRecords records, Runs runs) {
        this(scoreSets::find, new Records() {
            @Override
            public MaskRecords.Found find(String of, int examples, String fingerprint) {
                return records.find(of, examples, fingerprint);
            }

            @Override
            public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
                return records.masks(run, epoch);
            }

            @Override
            public int epochs(String runId) {
                try {
                    return runs.find(runId)
                            .map(known -> (int) Math.ceil(known.epochs() - 1e-9))
                            .orElse(0);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return 0;
                }
            }
        });
    }

    Trials(Function<String, ScoreSets.Found> scoreSets, Records records) {
        this.scoreSets = scoreSets;
        this.records = records;
    }

    /** Tries a policy on what was told of a run. */
    public Trial of(RunReport run, Policy policy) {
        List<LastBatch> batches = run.lastBatches();
        if (batches.isEmpty()) {
            return new Trial.Impossible(
                    "no batch of run " + run.runId() + " is kept: none was judged yet, or they are larger than "
                            + RunFigures.MOST_EXAMPLES + " examples");
        }
        if (policy.kind() == Policy.Kind.REPLAY) {
            return replayed(run, policy);
        }
        String unfit =
                policy.unfitFor(batches.stream().mapToInt(LastBatch::size).max().orElseThrow());
        if (!unfit.isEmpty()) {
            return new Trial.Impossible(unfit);
        }
        boolean wantsLosses = policy.kind().byEpoch() || BatchRule.of(policy).wantsLosses();
        long without = batches.stream().filter(batch -> !batch.hasLosses()).count();
        if (wantsLosses && without > 0) {
            return new Trial.Impossible(policy.kind().label() + " goes by losses, and " + without + " of the last "
                    + batches.size() + " batches of run " + run.runId() + " have none: they had no selection pass");
        }
        ScoreSet scores = null;
        String scoreSet = policy.scoresOf(run.runId());
        if (scoreSet != null) {
            ScoreSets.Found found = scoreSets.apply(scoreSet);
            if (found instanceof ScoreSets.Found.Unusable unusable) {
                return new Trial.Impossible(unusable.reason());
            }
            scores = ((ScoreSets.Found.Whole) found).scores();
            if (!scores.isOf(run.examples(), run.fingerprint())) {
                return new Trial.Impossible("score set " + scoreSet + " is of another dataset than this run's");
            }
        }
        return judged(run, policy, choices(run, policy, scores));
    }

    /** What the recorded run selected of the same examples in the epoch that would be replayed. */
    private Trial replayed(RunReport run, Policy policy) {
        String of = Objects.requireNonNull(policy.of(), "a replay is of a run");
        MaskRecords.Found found = records.find(of, run.examples(), run.fingerprint());
        if (found instanceof MaskRecords.Found.Unusable unusable) {
            return new Trial.Impossible(unusable.reason());
        }
        int epochs = records.epochs(run.runId());
        if (epochs == 0) {
            return new Trial.Impossible("which epochs would be replayed goes by the number of run " + run.runId()
                    + "'s epochs, which is not known");
        }
        RecordedRun record = ((MaskRecords.Found.Whole) found).run();
        Replay replay = new Replay(record.epochs().size());
        Map<Integer, MaskRecords.Masks> masks = new HashMap<>();
        List<Choice> choices = new ArrayList<>();
        for (LastBatch batch : run.lastBatches()) {
            int theirs = replay.epoch(batch.epoch(), epochs);
            if (!masks.containsKey(theirs)) {
                Optional<MaskRecords.Masks> there = records.masks(record, theirs);
                if (there.isEmpty()) {
                    return new Trial.Impossible(
                            "the masks of run " + record.runId() + ", epoch " + theirs + ", are kept no more");
                }
                masks.put(theirs, there.get());
            }
            MaskRecords.Masks ofEpoch = Objects.requireNonNull(masks.get(theirs));
            choices.add(new Choice(batch.size(), Replay.select(batch.indices(), ofEpoch.selected())));
        }
        return judged(run, policy, choices);
    }

    /**
     * What a policy makes of a batch.
     *
     * @param left how many the diet leaves: those that may have a selection pass
     * @param kept places within the batch
     */
    private record Choice(int left, BitSet kept) {}

    private static Trial.Judged judged(RunReport run, Policy policy, List<Choice> choices) {
        List<Trial.OfBatch> each = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            LastBatch batch = run.lastBatches().get(i);
            Choice now = new Choice(batch.size(), batch.selected());
            Choice then = choices.get(i);
            Verdict verdict = Verdict.of(
                    batch.size(),
                    now.kept,
                    then.kept,
                    passes(batch.policy(), now, batch.size()),
                    passes(policy, then, batch.size()));
            each.add(new Trial.OfBatch(batch.epoch(), batch.batch(), batch.revision(), verdict));
        }
        return new Trial.Judged(
                each, Verdict.all(each.stream().map(Trial.OfBatch::verdict).toList()));
    }

    /** In passes over the batch; a selection pass every n-th epoch counts an n-th. */
    private static double passes(Policy policy, Choice choice, int examples) {
        double scale = policy.selectionScale();
        double selection = policy.kind().byLoss() && policy.proxy() == null ? scale * scale / policy.lossesEvery() : 0;
        return (selection * choice.left + 3 * choice.kept.cardinality()) / (3 * examples);
    }

    private static List<Choice> choices(RunReport run, Policy policy, @Nullable ScoreSet scores) {
        if (policy.kind().byEpoch()) {
            return byEpoch(run, policy);
        }
        BitSet left = policy.prePruned() == 0
                ? null
                : new Diet(policy.prePruned(), policy.order(), policy.balanced())
                        .kept(run.examples(), run.seed(), scores);
        LossHistory history = new LossHistory(Math.max(1, policy.historySize()));
        history.append(run.historyBefore());
        BatchRule rule = BatchRule.of(policy);
        List<Choice> choices = new ArrayList<>();
        for (LastBatch batch : run.lastBatches()) {
            int[] places = IntStream.range(0, batch.size())
                    .filter(place -> left == null || left.get(batch.indices()[place]))
                    .toArray();
            BitSet kept = new BitSet();
            if (places.length > 0) {
                float[] losses = batch.hasLosses() ? of(batch.losses(), places) : new float[0];
                Batch judged = new Batch(run.seed(), batch.epoch(), batch.batch(), places.length, losses);
                for (int chosen : rule.select(judged, history)) {
                    kept.set(places[chosen]);
                }
            }
            choices.add(new Choice(places.length, kept));
        }
        return choices;
    }

    private static List<Choice> byEpoch(RunReport run, Policy policy) {
        float[] losses =
                new float[run.lastBatches().stream().mapToInt(LastBatch::size).sum()];
        int first = 0;
        for (LastBatch batch : run.lastBatches()) {
            System.arraycopy(batch.losses(), 0, losses, first, batch.size());
            first += batch.size();
        }
        BitSet kept = policy.kind() == Policy.Kind.REPB
                ? new RePB(policy.keep()).choose(run.seed(), run.epoch(), losses.length, belowMean(run)::get)
                : new InfoBatch(policy.keep())
                        .choose(run.seed(), run.epoch(), losses.length, place -> losses[place])
                        .kept();
        List<Choice> choices = new ArrayList<>();
        first = 0;
        for (LastBatch batch : run.lastBatches()) {
            choices.add(new Choice(batch.size(), kept.get(first, first + batch.size())));
            first += batch.size();
        }
        return choices;
    }

    /** Of all its batches, each by its own mean. */
    private static BitSet belowMean(RunReport run) {
        BitSet below = new BitSet();
        int first = 0;
        for (LastBatch batch : run.lastBatches()) {
            int from = first;
            RePB.belowMean(batch.losses()).stream().forEach(place -> below.set(from + place));
            first += batch.size();
        }
        return below;
    }

    private static float[] of(float[] losses, int[] places) {
        float[] some = new float[places.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = losses[places[i]];
        }
        return some;
    }
}
