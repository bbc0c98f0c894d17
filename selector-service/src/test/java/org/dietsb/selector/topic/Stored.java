package org.dietsb.selector.topic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;

/** What other services would have stored: score sets and runs. */
public final class Stored {
    public static final DatasetIdentity EIGHT = DatasetIdentity.newBuilder()
            .setName("eight")
            .setCount(8)
            .setClasses(2)
            .setChecksum("eight-images")
            .build();
    private static final float[] SCORES = {.9f, .1f, .5f, .1f, .7f, .3f, 1.2f, .05f};
    public static final Policy SELECTIVE = Policy.newBuilder()
            .setKind(Policy.Kind.SELECTIVE)
            .setKeep(.5)
            .setRule(Policy.Rule.RANK)
            .setHistorySize(1024)
            .setBatching(Policy.Batching.SHRINK)
            .setEnd(1)
            .build();

    private Stored() {}

    public static void run(Wires wires, String runId, Run.State state) {
        run(wires, TrainingOrder.newBuilder().setRunId(runId).setFirstPolicy(SELECTIVE), state);
    }

    /** Running, under the policy of its order. */
    public static void ordered(Wires wires, String runId, Policy first) {
        run(wires, TrainingOrder.newBuilder().setRunId(runId).setFirstPolicy(first), Run.State.RUNNING);
    }

    public static void member(Wires wires, String runId, String scoring) {
        TrainingOrder.Builder order = TrainingOrder.newBuilder().setRunId(runId).setFirstPolicy(SELECTIVE);
        order.getMemberBuilder().setScoringId(scoring);
        run(wires, order, Run.State.RUNNING);
    }

    /** Running, as the proxy of another. */
    public static void proxy(Wires wires, String runId, String of) {
        run(
                wires,
                TrainingOrder.newBuilder().setRunId(runId).setProxyOf(of).setFirstPolicy(SELECTIVE),
                Run.State.RUNNING);
    }

    private static void run(Wires wires, TrainingOrder.Builder order, Run.State state) {
        send(
                wires,
                Run.newBuilder()
                        .setOrder(order.setRecipe(Recipe.newBuilder().setBatchSize(128)))
                        .setState(state)
                        .setStartedMillis(1)
                        .setDataset(EIGHT));
    }

    /** In epoch 3 of 10; it trained everything in the two before, revision 1 came into force with the third. */
    public static void midway(Wires wires, String runId) {
        TrainingOrder.Builder order = TrainingOrder.newBuilder().setRunId(runId).setFirstPolicy(SELECTIVE);
        order.getRecipeBuilder().setBatchSize(4).setEpochs(10);
        Run.Builder run = Run.newBuilder()
                .setOrder(order)
                .setState(Run.State.RUNNING)
                .setStartedMillis(1)
                .setDataset(EIGHT);
        run.getPositionBuilder().setEpoch(3).setEpochs(10).setBatch(1).setBatches(2);
        run.addPoliciesBuilder().setRevision(0).setPolicy(SELECTIVE).setEpoch(1);
        run.addPoliciesBuilder().setRevision(1).setPolicy(SELECTIVE).setEpoch(3);
        run.addEpochsBuilder().setEpoch(1).setAccuracy(.25).setSeconds(6).setBackwardExamples(8);
        run.addEpochsBuilder().setEpoch(2).setAccuracy(.5).setSeconds(4).setBackwardExamples(8);
        send(wires, run);
    }

    private static void send(Wires wires, Run.Builder run) {
        String runId = run.getOrder().getRunId();
        wires.send(
                "run-events",
                0,
                runId + "/0",
                RunEvent.newBuilder().setRun(run).build().toByteArray());
    }

    /** The eight scores in two chunks, with a manifest of this checksum. */
    public static void scoreSet(Wires wires, String id, DatasetIdentity dataset, String checksum) {
        requested(wires, id);
        for (int first : new int[] {0, 4}) {
            ScoreChunk.Builder chunk = ScoreChunk.newBuilder().setFirstIndex(first);
            for (int i = first; i < first + 4; i++) {
                chunk.addScores(SCORES[i]).addLabels(i / 4);
            }
            send(wires, id, "chunk-" + first, ScoreMessage.newBuilder().setChunk(chunk));
        }
        send(
                wires,
                id,
                "ended",
                ScoreMessage.newBuilder()
                        .setManifest(ScoreSetManifest.newBuilder()
                                .setDataset(dataset)
                                .setCount(8)
                                .setChecksum(checksum)));
    }

    public static void requested(Wires wires, String id) {
        send(wires, id, "requested", ScoreMessage.newBuilder().setRequested(ScoringRequested.getDefaultInstance()));
    }

    public static void failed(Wires wires, String id, String reason) {
        send(
                wires,
                id,
                "ended",
                ScoreMessage.newBuilder().setFailed(ScoringFailed.newBuilder().setReason(reason)));
    }

    private static void send(Wires wires, String id, String part, ScoreMessage.Builder message) {
        wires.send(
                "el2n-scores",
                0,
                id + "/" + part,
                message.setScoreSet(id).build().toByteArray());
    }

    public static String checksum() {
        ByteBuffer bytes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        for (float score : SCORES) {
            bytes.putFloat(score);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
