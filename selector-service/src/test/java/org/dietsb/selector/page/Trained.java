package org.dietsb.selector.page;

import com.google.protobuf.ByteString;
import java.util.BitSet;
import java.util.function.Consumer;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.RunFigures;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.selector.wire.UsageChunk;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;

/** Publishes a run of 10 epochs of 79 batches as its trainer does. */
final class Trained {
    private static final int EXAMPLES = 10_000;
    private static final int BATCHES = 79;
    private static final int BINS = 15;
    private static final long BEGAN = 1_790_000_000_000L;

    private final Wires wires;
    private final Run.Builder run;
    private DatasetIdentity dataset = DatasetIdentity.newBuilder()
            .setName("fashion-mini")
            .setCount(EXAMPLES)
            .setChecksum("f00d")
            .build();

    Trained(Wires wires, String id, long queuedAfter) {
        this.wires = wires;
        this.run = Run.newBuilder()
                .setState(Run.State.QUEUED)
                .setQueuedMillis(BEGAN + queuedAfter)
                .setTrainedWith("trainer 1.2, libtorch 3.4 on cpu, Java 17")
                .setAttempt(7);
        run.getOrderBuilder().setRunId(id).setModel("resnet8").setSeed(1).setFirstPolicy(Stored.SELECTIVE);
        run.getOrderBuilder().getDatasetBuilder().setName("fashion-mini");
        run.getOrderBuilder().getRecipeBuilder().setEpochs(10).setBatchSize(128);
    }

    /** Replaces the default dataset. */
    Trained on(DatasetIdentity another) {
        dataset = another;
        return this;
    }

    /** Changes the order. */
    Trained ordered(Consumer<TrainingOrder.Builder> change) {
        change.accept(run.getOrderBuilder());
        return this;
    }

    /** Says what the queued run waits for. */
    Trained waits(String reason) {
        run.setReason(reason);
        return this;
    }

    /** Starts the run. */
    Trained begins() {
        run.setState(Run.State.RUNNING).setStartedMillis(run.getQueuedMillis() + 1_000);
        run.setDataset(dataset);
        placed(0, Stored.SELECTIVE, 1, 0);
        return at(1, 0);
    }

    Trained placed(long revision, Policy policy, int epoch, int batch) {
        run.addPoliciesBuilder()
                .setRevision(revision)
                .setPolicy(policy)
                .setEpoch(epoch)
                .setBatch(batch);
        return this;
    }

    Trained at(int epoch, int batch) {
        run.getPositionBuilder().setEpoch(epoch).setEpochs(10).setBatch(batch).setBatches(BATCHES);
        return this;
    }

    /** Adds a finished epoch with the given share of kept examples, with or without a selection pass. */
    Trained epoch(double kept, boolean selectionPass) {
        int epoch = run.getEpochsCount() + 1;
        double accuracy = .88 - .45 * Math.exp(-epoch / 2.2);
        double loss = .35 + 1.1 * Math.exp(-epoch / 2.5);
        long selected = Math.round(kept * EXAMPLES);
        var figures = run.addEpochsBuilder()
                .setEpoch(epoch)
                .setAccuracy(accuracy)
                .setTrainLoss(loss)
                .setLearningRate(.1)
                .setSeconds(.5 + 7 * kept + (selectionPass ? 1.2 : 0))
                .setSeen(EXAMPLES)
                .setSelected(selected)
                .setSteps(BATCHES)
                .setBackwardExamples(selected)
                .setSelectionExamples(selectionPass ? EXAMPLES : 0)
                .setScaledSelectionExamples(selectionPass ? EXAMPLES : 0)
                .setSelectionSeconds(selectionPass ? 1.2 : 0)
                .setStepSeconds(7 * kept)
                .setMaskWaitSeconds(.02 * epoch);
        if (selectionPass) {
            figures.setMeanLossSeen(loss * .8).setMeanLossSelected(loss * 1.4);
        }
        run.setAccuracy(accuracy);
        return at(Math.min(10, epoch + 1), epoch == 10 ? BATCHES : 0);
    }

    Trained ends(Run.State state, String reason) {
        run.setState(state).setReason(reason).setEndedMillis(run.getStartedMillis() + 60_000);
        return this;
    }

    /** Publishes the state of the run. */
    Trained publish() {
        wires.send(
                "run-events",
                0,
                run.getOrder().getRunId() + "/7",
                RunEvent.newBuilder().setRun(run).build().toByteArray());
        return this;
    }

    /** Publishes a report of a run that was swapped to random: an epoch's losses, a batch of them, and a later one without. */
    Trained judgedBeforeRandom(int epoch, int now) {
        RunFigures.Builder figures = figures(epoch);
        var later = figures.addLastBatchesBuilder()
                .setEpoch(now)
                .setRevision(1)
                .setPolicy(Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.RANDOM));
        for (int i = 0; i < 128; i++) {
            later.addIndices(i % dataset.getCount());
        }
        later.setSelected(figures.getLastBatches(0).getSelected());
        figures.setEpoch(now).addEpochs(figures.getEpochs(0).toBuilder().setEpoch(now));
        var without = figures.getEpochsBuilder(1);
        for (int bin = 0; bin <= BINS; bin++) {
            without.setLossesSeen(bin, 0).setLossesSelected(bin, 0);
        }
        report(SelectionReport.newBuilder().setFigures(figures), "");
        return this;
    }

    /** Publishes the selector's reports: an epoch's losses, one batch of them, and how often each example was selected. */
    Trained judged(int epoch) {
        report(SelectionReport.newBuilder().setFigures(figures(epoch)), "");
        UsageChunk.Builder usage = UsageChunk.newBuilder()
                .setEpoch(epoch)
                .setExamples(dataset.getCount())
                .setChunks(1);
        for (int i = 0; i < dataset.getCount(); i++) {
            usage.addTimesSelected(i % (epoch + 1));
        }
        report(SelectionReport.newBuilder().setUsage(usage), "/usage/0");
        return this;
    }

    private RunFigures.Builder figures(int epoch) {
        RunFigures.Builder figures = RunFigures.newBuilder()
                .setSeed(1)
                .setExamples(dataset.getCount())
                .setEpoch(epoch)
                .setBatch(1)
                .setFingerprint(dataset.getChecksum());
        var counts = figures.addEpochsBuilder().setEpoch(epoch).setKept(dataset.getCount());
        long all = 0;
        long chosen = 0;
        for (int bin = 0; bin <= BINS; bin++) {
            if (bin < BINS) {
                figures.addLossBounds((bin + 1) * .25);
            }
            long seen = Math.round(2_400 * Math.exp(-Math.pow(bin - 2.5, 2) / 12));
            long selected = seen * (bin + 1) / (BINS + 1);
            counts.addLossesSeen(seen).addLossesSelected(selected);
            all += seen;
            chosen += selected;
        }
        counts.setAnnounced(all).setSelected(chosen);
        var batch = figures.addLastBatchesBuilder().setEpoch(epoch).setPolicy(Stored.SELECTIVE);
        BitSet kept = new BitSet();
        for (int i = 0; i < 128; i++) {
            batch.addIndices(i % dataset.getCount()).addLosses(i / 64f);
            kept.set(i, i % 4 >= 2);
        }
        batch.setSelected(ByteString.copyFrom(kept.toByteArray()));
        return figures;
    }

    private void report(SelectionReport.Builder report, String part) {
        String id = run.getOrder().getRunId();
        wires.send(
                "selection-reports",
                0,
                id + part,
                report.setRunId(id).setAttempt(7).setEpochMillis(BEGAN).build().toByteArray());
    }
}
