package org.dietsb.selector.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.junit.jupiter.api.Test;

class LossLogTest {
    private static final float NONE = Float.NaN;

    private final List<LossMessage> messages = new ArrayList<>();
    private final List<LossEpoch> epochs = new ArrayList<>();
    private long attempt;

    /** The message lies at the offset of its place in the list. */
    private void add(LossMessage.Builder message) {
        messages.add(message.setRunId("run").setAttempt(attempt).build());
    }

    private void open() {
        attempt = messages.size();
        AttemptOpened.Builder opened = AttemptOpened.newBuilder().setSeed(attempt);
        opened.getDatasetBuilder().setCount(4);
        messages.add(LossMessage.newBuilder().setAttemptOpened(opened).build());
    }

    private void batch(int epoch, int batch, List<Integer> indices, Float... losses) {
        add(LossMessage.newBuilder()
                .setBatchLosses(BatchLosses.newBuilder()
                        .setEpoch(epoch)
                        .setBatch(batch)
                        .addAllIndices(indices)
                        .addAllLosses(Arrays.asList(losses))));
    }

    private void step(int epoch, List<Integer> indices, Float... losses) {
        add(LossMessage.newBuilder()
                .setTrainedLosses(TrainedLosses.newBuilder()
                        .setEpoch(epoch)
                        .addAllIndices(indices)
                        .addAllLosses(Arrays.asList(losses))));
    }

    private void resume(int epoch, int batch) {
        open();
        var given = LossMessage.newBuilder();
        given.getStateGivenBuilder().getStateBuilder().setEpoch(epoch).setBatch(batch);
        add(given);
    }

    private void complete() {
        var closed = LossMessage.newBuilder();
        closed.getAttemptClosedBuilder().setReason("completed");
        add(closed);
    }

    private AttemptOpened read() {
        LossLog log = new LossLog(epochs::add);
        for (int i = 0; i < messages.size(); i++) {
            log.scan(messages.get(i), i);
        }
        AttemptOpened opened = log.opened();
        for (int i = 0; i < messages.size(); i++) {
            log.read(messages.get(i), i);
        }
        log.end();
        return opened;
    }

    private List<List<Integer>> batches(int place) {
        return epochs.get(place).batches().stream()
                .map(batch -> Arrays.stream(batch).boxed().toList())
                .toList();
    }

    @Test
    void classificationsAreThoseOfTheLosses() {
        open();
        batch(1, 0, List.of(2, 0), .5f, .25f);
        classify(0b01);
        step(1, List.of(2, 1), .75f, 1f);
        classify(0b10);
        batch(1, 1, List.of(3), .5f);
        complete();
        read();
        assertThat(epochs.get(0).classified().stream()).containsExactly(0, 1, 2);
        assertThat(epochs.get(0).correct().stream()).containsExactly(1, 2);
    }

    @Test
    void messagesThatWereRefusedForTheirBitsAreLeftOut() {
        open();
        batch(1, 0, List.of(0, 1), .5f, .25f);
        classify(0b100);
        batch(1, 0, List.of(0, 1), .75f, .25f);
        classify(0b01);
        step(1, List.of(2), .75f);
        classify(0b10);
        complete();
        read();
        assertThat(epochs.get(0).losses()).containsExactly(.75f, .25f, NONE, NONE);
        assertThat(epochs.get(0).correct().stream()).containsExactly(0);
    }

    /** Adds to the last message which of its examples were classified correctly, the first in the lowest bit. */
    private void classify(int bits) {
        ByteString correct = ByteString.copyFrom(new byte[] {(byte) bits});
        LossMessage.Builder message = messages.remove(messages.size() - 1).toBuilder();
        if (message.hasBatchLosses()) {
            message.getBatchLossesBuilder().setCorrect(correct);
        } else {
            message.getTrainedLossesBuilder().setCorrect(correct);
        }
        messages.add(message.build());
    }

    @Test
    void lossesAreThoseOfTheSelectionPassElseOfTheStep() {
        open();
        batch(1, 0, List.of(2, 0), .5f, .25f);
        step(1, List.of(2), .75f);
        batch(1, 1, List.of(1));
        step(1, List.of(1), 2f);
        batch(2, 0, List.of(3, 1));
        complete();

        read();

        assertThat(batches(0)).containsExactly(List.of(2, 0), List.of(1));
        assertThat(epochs.get(0).losses()).containsExactly(.25f, 2f, .5f, NONE);
        assertThat(batches(1)).containsExactly(List.of(3, 1));
        assertThat(epochs.get(1).losses()).containsExactly(NONE, NONE, NONE, NONE);
    }

    @Test
    void whatALaterAttemptRepeatsCountsOnceAsThatHasIt() {
        open();
        batch(1, 0, List.of(0, 1), 1f, 1f);
        batch(1, 1, List.of(2, 3), 2f, 2f);
        batch(2, 0, List.of(3, 2), 3f, 3f);
        batch(2, 1, List.of(1, 0), 4f, 4f);
        long first = attempt;
        resume(1, 1);
        long second = attempt;
        batch(1, 1, List.of(2), 5f);
        attempt = first;
        batch(2, 2, List.of(1), 9f);
        attempt = second;
        batch(2, 0, List.of(0, 3), 6f, 6f);
        complete();

        AttemptOpened opened = read();

        assertThat(opened.getSeed()).isEqualTo(5);
        assertThat(epochs).extracting(LossEpoch::epoch).containsExactly(1, 2);
        assertThat(batches(0)).containsExactly(List.of(0, 1), List.of(2));
        assertThat(epochs.get(0).losses()).containsExactly(1f, 1f, 5f, NONE);
        assertThat(batches(1)).containsExactly(List.of(0, 3));
    }

    @Test
    void aRunThatBeganAgainHasOneFirstEpoch() {
        open();
        batch(1, 0, List.of(0), 1f);
        batch(2, 0, List.of(0), 1f);
        open();
        batch(1, 0, List.of(3), 2f);
        complete();

        read();

        assertThat(epochs).hasSize(1);
        assertThat(batches(0)).containsExactly(List.of(3));
    }

    @Test
    void anEpochThatIsNotOverIsNotHandedOn() {
        open();
        batch(1, 0, List.of(0), 1f);
        batch(2, 0, List.of(0), 1f);
        read();
        assertThat(epochs).extracting(LossEpoch::epoch).containsExactly(1);

        add(LossMessage.newBuilder().setAttemptClosed(AttemptClosed.newBuilder().setReason("cancelled")));
        read();
        assertThat(epochs).extracting(LossEpoch::epoch).containsExactly(1, 1);
    }

    @Test
    void whatASelectorRefusesIsPassedOver() {
        open();
        batch(1, 0, List.of(0, 4), 1f, 1f);
        batch(1, 0, List.of(0, 1), 1f);
        batch(1, 0, List.of(0, 1), 1f, NONE);
        batch(1, 0, List.of(0, 1), 1f, 2f);
        complete();

        read();

        assertThat(batches(0)).containsExactly(List.of(0, 1));
        assertThat(epochs.get(0).losses()).containsExactly(1f, 2f, NONE, NONE);
    }

    @Test
    void aRunWhoseFirstBatchesAreGoneIsRefused() {
        resume(3, 17);
        batch(3, 17, List.of(0), 1f);
        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic batch-losses has its batches only from epoch 3, batch 17 on");

        messages.clear();
        assertThatThrownBy(this::read).hasMessage("no batch of it is on topic batch-losses, or no longer");
    }
}
