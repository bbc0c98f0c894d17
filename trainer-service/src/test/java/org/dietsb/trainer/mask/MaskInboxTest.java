package org.dietsb.trainer.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SpanMask;
import org.junit.jupiter.api.Test;

class MaskInboxTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<Duration> roundTrips = new ArrayList<>();
    private final MaskInbox inbox = new MaskInbox(roundTrips::add);

    private static Answer.BatchMask mask(int epoch, int batch) {
        return new Answer.BatchMask(epoch, batch, 0, new int[] {batch}, null);
    }

    private void announce(int epoch, int batch) {
        inbox.announced(epoch, batch, 0, 8);
    }

    @Test
    void masksAreHandedOutByPlaceNotByArrival() throws InterruptedException {
        announce(1, 0);
        announce(1, 1);
        Answer.BatchMask first = mask(1, 0);
        Answer.BatchMask second = mask(1, 1);
        inbox.offer(second);
        inbox.offer(first);

        assertThat(inbox.awaitBatch(1, 0, Duration.ZERO)).isSameAs(first);
        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isSameAs(second);
        assertThat(inbox.dropped()).isZero();
    }

    @Test
    void duplicateAndLateMasksAreDropped() throws InterruptedException {
        announce(1, 0);
        announce(1, 1);
        inbox.opened(1, 0, 100);
        inbox.offer(mask(1, 0));
        inbox.offer(mask(1, 0));
        inbox.awaitBatch(1, 0, Duration.ZERO);
        inbox.offer(mask(1, 0));
        assertThat(inbox.dropped()).isEqualTo(2);

        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isEqualTo(new Answer.TimedOut());
        inbox.offer(mask(1, 1));
        assertThat(inbox.dropped()).isEqualTo(3);

        inbox.offer(new Answer.EpochMask(1, 0, null));
        inbox.offer(new Answer.EpochMask(1, 0, null));
        inbox.awaitEpoch(1);
        inbox.offer(new Answer.EpochMask(1, 0, null));
        assertThat(inbox.dropped()).isEqualTo(5);
    }

    private static MaskMessage part(int part, int parts, int... kept) {
        BitSet bits = new BitSet();
        IntStream.of(kept).forEach(bits::set);
        return MaskMessage.newBuilder()
                .setRunId("run")
                .setEpochMaskPart(EpochMaskPart.newBuilder()
                        .setEpoch(1)
                        .setRevision(5)
                        .setPart(part)
                        .setParts(parts)
                        .setKept(bytes(bits, part))
                        .setKeptCount(kept.length)
                        .setWeighted(bytes(bits.get(0, 2), part))
                        .setWeight(4))
                .build();
    }

    private static ByteString bytes(BitSet bits, int part) {
        return ByteString.copyFrom(Arrays.copyOf(bits.toByteArray(), part == 0 ? EpochParts.EXAMPLES / 8 : 2));
    }

    private static Answer read(MaskMessage message, int examples) throws InvalidProtocolBufferException {
        return KafkaMaskReader.parse(message.toByteArray(), 0, examples).orElseThrow();
    }

    private static BatchMask.Builder wire(int batch, int... selected) {
        BitSet bits = new BitSet();
        IntStream.of(selected).forEach(bits::set);
        return BatchMask.newBuilder()
                .setEpoch(1)
                .setBatch(batch)
                .setSelected(ByteString.copyFrom(bits.toByteArray()))
                .setSelectedCount(selected.length);
    }

    private static MaskMessage span(BatchMask.Builder... masks) {
        SpanMask.Builder span = SpanMask.newBuilder();
        Arrays.stream(masks).forEach(span::addMasks);
        return MaskMessage.newBuilder().setRunId("run").setSpanMask(span).build();
    }

    @Test
    void theMasksOfASpanAreHandedOutOneByOne() throws Exception {
        announce(1, 0);
        announce(1, 1);
        Answer whole = read(span(wire(0, 1, 7), wire(1, 2)), 100);
        assertThat(inbox.flaw(whole)).isEmpty();
        inbox.offer(whole);

        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO))
                .isInstanceOfSatisfying(Answer.BatchMask.class, mask -> assertThat(mask.selected())
                        .containsExactly(2));
        assertThat(inbox.awaitBatch(1, 0, Duration.ZERO))
                .isInstanceOfSatisfying(Answer.BatchMask.class, mask -> assertThat(mask.selected())
                        .containsExactly(1, 7));
        inbox.offer(whole);
        assertThat(inbox.dropped()).isEqualTo(2);
    }

    @Test
    void aMaskOfASpanThatDoesNotFitIsDroppedAlone() throws Exception {
        announce(1, 0);
        announce(1, 1);
        Answer damaged = read(span(wire(0, 1), wire(1, 8)), 100);
        assertThat(inbox.flaw(damaged)).contains("example 8 is selected, allowed is [0, 8)");
        inbox.offer(damaged);

        assertThat(inbox.awaitBatch(1, 0, Duration.ZERO)).isInstanceOf(Answer.BatchMask.class);
        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isEqualTo(new Answer.TimedOut());
        MaskMessage miscounted = span(wire(0, 1), wire(1, 2).setSelectedCount(3));
        assertThatThrownBy(() -> read(miscounted, 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 bits set, declared are 3");
    }

    @Test
    void anEpochSaysWhetherTheSelectorTakesSpans() throws Exception {
        MaskMessage.Builder epoch = MaskMessage.newBuilder()
                .setEpochMask(EpochMask.newBuilder().setEpoch(1).setRevision(5));
        MaskMessage.Builder inParts = part(0, 1, 1).toBuilder();
        inParts.getEpochMaskPartBuilder()
                .setKept(ByteString.copyFrom(new byte[] {2}))
                .clearWeighted();
        for (boolean takes : new boolean[] {false, true}) {
            Answer answer = read(epoch.setTakesSpans(takes).build(), 8);
            assertThat(((Answer.EpochMask) answer).takesSpans()).isEqualTo(takes);
            EpochParts parts = new EpochParts();
            parts.add((Answer.EpochPart) read(inParts.setTakesSpans(takes).build(), 8));
            assertThat(parts.mask().orElseThrow().takesSpans()).isEqualTo(takes);
        }
    }

    @Test
    void theMaskOfAnEpochIsWholeWhenAllItsPartsAreThere() throws Exception {
        int examples = EpochParts.EXAMPLES + 9;
        inbox.opened(1, 5, examples);
        Answer first = read(part(0, 2, 0, 3, EpochParts.EXAMPLES - 1), examples);
        inbox.offer(read(part(1, 2, 1, 8), examples));
        inbox.offer(read(part(1, 2, 1, 8), examples));
        assertThat(inbox.dropped()).isEqualTo(1);
        CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS).execute(() -> inbox.offer(first));

        assertThat(inbox.awaitEpoch(1)).isInstanceOfSatisfying(Answer.EpochMask.class, mask -> {
            assertThat(mask.revision()).isEqualTo(5);
            assertThat(mask.kept()).containsExactly(0, 3, examples - 10, examples - 8, examples - 1);
            assertThat(mask.weights()).containsExactly(4, 1, 1, 4, 1);
        });
        inbox.offer(first);
        assertThat(inbox.dropped()).as("late").isEqualTo(2);
    }

    @Test
    void partsOfAnotherSizeThanTheTrainingSetsAreRejected() {
        int examples = EpochParts.EXAMPLES + 9;
        assertThatThrownBy(() -> read(part(0, 3), examples))
                .hasMessage("part 0 of 3 of an epoch, allowed is [0, 2) of 2");
        assertThatThrownBy(() -> read(part(2, 2), examples)).hasMessageContaining("part 2 of 2");
        assertThatThrownBy(() -> read(part(1, 2, 9), examples))
                .hasMessage("kept has 2 bytes, the last bit is 9, allowed are the 2 bytes of 9 examples");
        assertThatThrownBy(() -> read(part(1, 2), examples + 8)).hasMessageContaining("allowed are the 3 bytes");
    }

    @Test
    void masksThatWereNotRequestedAreNotHeld() throws InterruptedException {
        // Given: batches and epochs that may come, and one that is over.
        for (int batch = 0; batch < 1_000; batch++) {
            inbox.offer(mask(1, batch));
            inbox.offer(new Answer.EpochMask(batch, 0, null));
        }
        assertThat(inbox.dropped()).isEqualTo(2_000);
        // Then
        announce(1, 1);
        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isEqualTo(new Answer.TimedOut());
    }

    @Test
    void unfitMasksAreReportedAndDropped() throws InterruptedException {
        announce(1, 3);
        inbox.opened(2, 5, 100);
        Answer.BatchMask beyond = new Answer.BatchMask(1, 3, 0, new int[] {2, 8}, null);
        Answer.BatchMask stale = new Answer.BatchMask(1, 3, 1, new int[] {2}, null);
        Answer.EpochMask larger = new Answer.EpochMask(2, 5, new int[] {7, 100});
        Answer.EpochMask empty = new Answer.EpochMask(2, 5, new int[0]);
        assertThat(inbox.flaw(beyond)).hasValue("example 8 is selected, allowed is [0, 8)");
        assertThat(inbox.flaw(stale)).hasValue("revision is 1, requested was 0");
        assertThat(inbox.flaw(larger)).hasValue("example 100 is selected, allowed is [0, 100)");
        assertThat(inbox.flaw(empty)).hasValue("an epoch of no examples");
        inbox.offer(List.of(beyond, stale, larger, empty));
        assertThat(inbox.dropped()).isEqualTo(4);

        Answer.BatchMask fits = new Answer.BatchMask(1, 3, 0, new int[] {2, 7}, null);
        Answer.EpochMask whole = new Answer.EpochMask(2, 5, null);
        assertThat(inbox.flaw(fits)).isEmpty();
        assertThat(inbox.flaw(mask(1, 4))).as("not requested").isEmpty();
        inbox.offer(List.of(fits, whole));
        assertThat(inbox.awaitBatch(1, 3, Duration.ZERO)).isSameAs(fits);
        assertThat(inbox.awaitEpoch(2)).isSameAs(whole);
    }

    @Test
    void endOfAttemptWakesWaitingThread() throws InterruptedException {
        CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS).execute(() -> inbox.offer(new Answer.Stopped()));

        assertThat(inbox.awaitBatch(1, 0, LONG)).isEqualTo(new Answer.Stopped());
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Stopped());
    }

    @Test
    void firstEndIsKeptUnlessFenced() throws InterruptedException {
        inbox.offer(new Answer.Refused("no scores"));
        inbox.offer(new Answer.Unknown());
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Refused("no scores"));
        inbox.offer(new Answer.Fenced(9));
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Fenced(9));
    }

    @Test
    void anAnswerThatDoesNotComeIsAskedForAgain() throws InterruptedException {
        inbox.opened(1, 0, 100);
        Answer.EpochMask epoch = new Answer.EpochMask(1, 0, null);
        int[] asked = new int[2];
        assertThat(inbox.awaitEpoch(1, Duration.ofMillis(1), () -> {
                    if (++asked[0] == 3) {
                        inbox.offer(epoch);
                    }
                }))
                .isSameAs(epoch);
        announce(1, 1);
        assertThat(inbox.awaitBatch(1, 1, Duration.ofMillis(1), () -> {
                    if (++asked[1] == 2) {
                        inbox.offer(new Answer.Refused("loss 3 is NaN"));
                    }
                }))
                .isEqualTo(new Answer.Refused("loss 3 is NaN"));
        assertThat(asked).containsExactly(3, 2);
        inbox.offer(epoch);
        assertThat(inbox.dropped()).as("the answer to a repeated question").isEqualTo(1);
    }

    @Test
    void asksAgainAfterTwiceAsLongUpToFiveMinutes() {
        assertThat(MaskInbox.longer(Duration.ofSeconds(30))).isEqualTo(Duration.ofMinutes(1));
        assertThat(MaskInbox.longer(Duration.ofMinutes(3))).isEqualTo(LONG);
        assertThat(MaskInbox.longer(LONG)).isEqualTo(LONG);
    }

    @Test
    void roundTripOfAnnouncedMasksIsMeasured() {
        announce(1, 0);
        inbox.offer(mask(1, 1));
        assertThat(roundTrips).isEmpty();
        inbox.offer(mask(1, 0));
        inbox.offer(mask(1, 0));
        assertThat(roundTrips).singleElement().satisfies(way -> assertThat(way).isPositive());
    }
}
