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
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.NominalRate;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RandomLike;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.source.Sources;
import org.jspecify.annotations.Nullable;

/**
 * Tries policies on a run's last batches: what they would have selected of these examples, with the losses before them as history.
 * A diet drops from a batch what it would drop from the training set; a policy that judges by epoch knows only the losses of these batches; a
 * replay uses the record. The schedule (start, end, interrupt) is ignored.
 */
@ApplicationScoped
public class Trials {
    private final Sources sources;
    private final ToIntFunction<String> epochs;

    @Inject
    Trials(Sources sources, Runs runs) {
        this(sources, runId -> epochs(runs, runId));
    }

    /**
     * Creates one that looks up scores and masks here.
     *
     * @param epochs the number of epochs that a run has by its order; 0 if it is unknown
     */
    Trials(Sources sources, ToIntFunction<String> epochs) {
        this.sources = sources;
        this.epochs = epochs;
    }

    private static int epochs(Runs runs, String runId) {
        try {
            return runs.find(runId).map(RunSheet::epochs).orElse(0);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Tries a policy on the last batches of a report: if it judges by losses, on the last that had a selection pass. */
    public Trial of(RunReport report, Policy policy) {
        RunReport run = triedOn(report, policy);
        try {
            if (run.lastBatches().isEmpty()) {
                throw new RefusalException(
                        "no batch of run " + run.runId() + " is kept: none was judged yet, or they are larger than "
                                + RunFigures.MOST_EXAMPLES + " examples");
            }
            return judged(run, policy, policy.kind().replays() ? replayed(run, policy) : choices(run, policy));
        } catch (RefusalException refusal) {
            return new Trial.Impossible(refusal.reason());
        }
    }

    private static RunReport triedOn(RunReport report, Policy policy) {
        return policy.kind().byTrainedLosses() || BatchRule.of(policy).wantsLosses()
                ? report.withLosses()
                : report.newest();
    }

    /**
     * The selection of a policy from a batch.
     *
     * @param left number of examples that the diet leaves: those that may have a selection pass
     * @param kept places within the batch
     */
    private record Choice(int left, BitSet kept) {}

    /** Chooses what the recorded run selected of the same examples in the epoch that would be replayed. */
    private List<Choice> replayed(RunReport run, Policy policy) throws RefusalException {
        String of = Objects.requireNonNull(policy.of(), "a replay names a run");
        RecordedRun record = sources.record(of, run.examples(), run.fingerprint());
        record.mustServe(policy.kind());
        int ownEpochs = epochs.applyAsInt(run.runId());
        if (ownEpochs == 0) {
            throw new RefusalException("which epochs would be replayed depends on the number of run " + run.runId()
                    + "'s epochs, which is unknown");
        }
        Replay replay = new Replay(record.epochs().size());
        Map<Integer, Optional<MaskRecords.Masks>> masks = new HashMap<>();
        List<Choice> choices = new ArrayList<>();
        for (LastBatch batch : run.lastBatches()) {
            int theirs = replay.epoch(batch.epoch(), ownEpochs);
            MaskRecords.Masks ofEpoch = masks.computeIfAbsent(theirs, epoch -> sources.masks(record, epoch))
                    .orElseThrow(() -> new RefusalException(
                            "the masks of run " + record.runId() + ", epoch " + theirs + ", are no longer kept"));
            choices.add(new Choice(batch.size(), selected(run, policy, batch, ofEpoch)));
        }
        return choices;
    }

    private static BitSet selected(RunReport run, Policy policy, LastBatch batch, MaskRecords.Masks recorded) {
        if (policy.kind() == PolicyKind.REPLAY) {
            return Replay.select(batch.indices(), recorded.selected());
        }
        // Where in its epoch a batch of another policy would begin is unknown: only the record of its own examples
        // counts.
        int count = RandomLike.of(recorded.selected(), null).count(batch.indices(), 0);
        return RandomLike.select(
                new Batch(run.seed(), batch.epoch(), batch.batch(), batch.size(), new float[0]), count);
    }

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

    /** Returns the cost in passes over the batch; a selection pass every n-th epoch counts as an n-th. */
    private static double passes(Policy policy, Choice choice, int examples) {
        double scale = policy.selectionScale();
        double selection = policy.kind().byLoss() && policy.proxy() == null ? scale * scale / policy.lossesEvery() : 0;
        return (selection * choice.left + 3 * choice.kept.cardinality()) / (3 * examples);
    }

    private List<Choice> choices(RunReport run, Policy policy) throws RefusalException {
        List<LastBatch> batches = run.lastBatches();
        RefusalException.unlessEmpty(
                policy.unfitFor(batches.stream().mapToInt(LastBatch::size).max().orElseThrow()));
        BatchRule rule = BatchRule.of(policy);
        long without = batches.stream().filter(batch -> !batch.hasLosses()).count();
        if (without > 0 && (policy.kind().byTrainedLosses() || rule.wantsLosses())) {
            throw new RefusalException(policy.kind().label() + " needs losses, and " + without + " of the last "
                    + batches.size() + " batches of run " + run.runId() + " have none: they had no selection pass");
        }
        if (policy.kind() == PolicyKind.IES) {
            throw new RefusalException("ies judges by several losses of each example, and the last batches have one");
        }
        ScoreSet scores = scores(run, policy);
        if (policy.kind().byEpoch()) {
            return byEpoch(run, policy, scores);
        }
        BitSet left = policy.prePruned() == 0
                ? null
                : new Diet(policy.prePruned(), policy.order(), policy.balanced())
                        .kept(run.examples(), run.seed(), scores);
        LossHistory history = new LossHistory(Math.max(1, policy.historySize()));
        history.append(run.historyBefore());
        List<Choice> choices = new ArrayList<>();
        for (LastBatch batch : batches) {
            int[] places = IntStream.range(0, batch.size())
                    .filter(place -> left == null || left.get(batch.indices()[place]))
                    .toArray();
            BitSet kept = new BitSet();
            if (places.length > 0) {
                float[] losses = batch.hasLosses() ? of(batch.losses(), places) : new float[0];
                float[] references = policy.kind() == PolicyKind.RHO && scores != null
                        ? references(scores, batch, places)
                        : new float[0];
                Batch judged = new Batch(run.seed(), batch.epoch(), batch.batch(), places.length, losses, references);
                for (int chosen : rule.select(judged, history)) {
                    kept.set(places[chosen]);
                }
            }
            choices.add(new Choice(places.length, kept));
        }
        return choices;
    }

    private @Nullable ScoreSet scores(RunReport run, Policy policy) throws RefusalException {
        String scoreSet = policy.scoresOf(run.runId());
        return scoreSet == null
                ? null
                : sources.scores(scoreSet, run.examples(), run.fingerprint()).forPolicy(policy);
    }

    /**
     * Returns the share that a policy would keep of a whole epoch: as of the last batches, or, for policies whose rate follows from the
     * losses of all examples, as it is to be expected by the losses of the epoch.
     *
     * @param tried the policy on the last batches
     */
    public static double kept(RunReport run, Policy policy, Verdict tried) {
        if (!policy.kind().byTrainedLosses() || !NominalRate.differs(policy.kind())) {
            return tried.shareKept();
        }
        Last last = Last.of(run.withLosses());
        return Strata.mean(run, last.losses, EpochRule.of(policy).probabilities(last.epoch(run), last::signed));
    }

    /** The losses of the last batches, which stand for those of a training set: those of each batch are of one training step. */
    private record Last(float[] losses, BitSet below) {
        static Last of(RunReport run) {
            int examples = run.lastBatches().stream().mapToInt(LastBatch::size).sum();
            float[] losses = new float[examples];
            BitSet below = new BitSet();
            int first = 0;
            for (LastBatch batch : run.lastBatches()) {
                int from = first;
                System.arraycopy(batch.losses(), 0, losses, from, batch.losses().length);
                RePB.belowMean(batch.losses()).stream().forEach(place -> below.set(from + place));
                first += batch.size();
            }
            return new Last(losses, below);
        }

        EpochRule.Epoch epoch(RunReport run) {
            return new EpochRule.Epoch(run.seed(), run.epoch(), losses.length);
        }

        double signed(int place) {
            return below.get(place) ? -losses[place] : losses[place];
        }
    }

    /** Chooses from all batches together, as if they were the training set. */
    private static List<Choice> byEpoch(RunReport run, Policy policy, @Nullable ScoreSet scores) {
        Last last = Last.of(run);
        int[] labels = scores == null
                ? new int[0]
                : run.lastBatches().stream()
                        .flatMapToInt(batch -> IntStream.of(batch.indices()))
                        .map(index -> scores.labels()[index])
                        .toArray();
        BitSet kept = EpochRule.of(policy, new EpochRule.Known(labels, EpochRule.all(last.losses.length)))
                .choose(last.epoch(run), last::signed)
                .kept();
        List<Choice> choices = new ArrayList<>();
        int first = 0;
        for (LastBatch batch : run.lastBatches()) {
            choices.add(new Choice(batch.size(), kept.get(first, first + batch.size())));
            first += batch.size();
        }
        return choices;
    }

    private static float[] references(ScoreSet scores, LastBatch batch, int[] places) {
        return of(
                scores.scores(),
                IntStream.of(places).map(place -> batch.indices()[place]).toArray());
    }

    private static float[] of(float[] losses, int[] places) {
        float[] some = new float[places.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = losses[places[i]];
        }
        return some;
    }
}
