package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.TrainerDuties;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.TenPolicies;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.junit.jupiter.api.Test;

/** A rehearsal, which builds no messages of batches, selects what the answers to these messages select. */
class RehearsalByMessagesTest {
    private static final int EXAMPLES = 600;
    private static final int BATCH = 32;
    private static final int EPOCHS = 12;

    private final LoneAnswers answers = new LoneAnswers(new NoSources(), TestConfig.of(Map.of()));
    private long offset = 1;

    private static AttemptOpened opened() {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(3)
                .setEpochs(EPOCHS)
                .setBatchSize(BATCH)
                .setWindow(4)
                .setReadsParts(true);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return opened.build();
    }

    @Test
    void everyPolicySelectsTheSameByMessages() throws Exception {
        for (Policy policy : TenPolicies.all()) {
            String run = "run-" + policy.kind().label() + "-" + offset;
            try (Rehearsal rehearsal = new Rehearsal(run, opened(), policy, new NoSources(), TestConfig.of(Map.of()))) {
                long attempt = offset;
                var none = send(run, 0, LossMessage.newBuilder().setAttemptOpened(opened()));
                assertThat(none).isEmpty();
                for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                    LossEpoch recorded = TenPolicies.recorded(epoch, EXAMPLES, BATCH);
                    assertThat(rehearsal.next(recorded).selected())
                            .as("%s, epoch %d", policy, epoch)
                            .isEqualTo(byMessages(run, attempt, policy, recorded));
                }
            }
        }
        answers.close();
    }

    private BitSet byMessages(String run, long attempt, Policy policy, LossEpoch recorded) throws Exception {
        double before = (recorded.epoch() - 1.0) / EPOCHS;
        var opening = LossMessage.newBuilder();
        opening.getEpochOpenedBuilder()
                .setEpoch(recorded.epoch())
                .setPolicy(PolicyWire.toWire(policy))
                .setWhole(TrainerDuties.trainsEpochWhole(policy, before));
        EpochMask mask = send(run, attempt, opening).get(0).getEpochMask();
        BitSet kept = BitSet.valueOf(mask.getKept().toByteArray());
        BitSet selected = new BitSet();
        int number = 0;
        int announced = 0;
        for (int[] batch : recorded.batches()) {
            int[] left = IntStream.of(batch)
                    .filter(index -> mask.getKept().isEmpty() || kept.get(index))
                    .toArray();
            if (left.length > 0) {
                double progress = (recorded.epoch() - 1 + (double) announced / EXAMPLES) / EPOCHS;
                boolean whole = TrainerDuties.trainsWhole(policy, recorded.epoch(), progress, number);
                int[] chosen = batch(run, attempt, policy, recorded, number++, left, whole);
                IntStream.of(chosen).forEach(selected::set);
            }
            announced += batch.length;
        }
        return selected;
    }

    private int[] batch(
            String run, long attempt, Policy policy, LossEpoch recorded, int number, int[] indices, boolean whole)
            throws Exception {
        var message = LossMessage.newBuilder();
        BatchLosses.Builder batch = message.getBatchLossesBuilder()
                .setEpoch(recorded.epoch())
                .setBatch(number)
                .setWhole(whole);
        boolean passes = !whole && TrainerDuties.wantsSelectionPass(policy, recorded.epoch() - 1);
        for (int index : indices) {
            batch.addIndices(index);
            if (passes) {
                batch.addLosses(recorded.losses()[index]);
            }
        }
        int[] chosen =
                BitSet.valueOf(send(run, attempt, message)
                                .get(0)
                                .getBatchMask()
                                .getSelected()
                                .toByteArray())
                        .stream()
                        .map(place -> indices[place])
                        .toArray();
        if (TrainerDuties.wantsTrainedLosses(policy) && chosen.length > 0) {
            var trained = LossMessage.newBuilder();
            TrainedLosses.Builder step = trained.getTrainedLossesBuilder().setEpoch(recorded.epoch());
            for (int index : chosen) {
                step.addIndices(index).addLosses(recorded.losses()[index]);
            }
            assertThat(send(run, attempt, trained)).isEmpty();
        }
        return chosen;
    }

    private List<MaskMessage> send(String run, long attempt, LossMessage.Builder message) throws Exception {
        return answers.answer(message.setRunId(run).setAttempt(attempt).build(), offset++);
    }
}
