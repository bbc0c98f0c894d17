package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoomTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int CIFAR = 50_000;
    private static final Policy RANDOM =
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.RANDOM).build();
    private static final Policy INFO_BATCH =
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.INFOBATCH).build();

    private final Map<String, String> settings = new HashMap<>();
    private final List<MaskAnswers> partitions = new ArrayList<>();
    private long heapBytes = 384 * MEBIBYTE;
    private long offset;
    private long nowMillis;

    /** As a selector with these settings answers the messages of a further partition. */
    private MaskAnswers partition() {
        SelectorConfig config = TestConfig.of(settings);
        MaskAnswers answers = new MaskAnswers(
                new NoSources(),
                config,
                new Room(config, heapBytes, partitions::stream),
                new Decisions(),
                new SelectorMeters(new SimpleMeterRegistry()));
        partitions.add(answers);
        return answers;
    }

    @Test
    void refusesARunBeyondTheMaximumNamingTheSettingAndKeepsTheOthers() {
        // Given: two runs, on two partitions, as many as are allowed.
        settings.put("most-runs", "2");
        MaskAnswers one = partition();
        MaskAnswers other = partition();
        long first = open(one, "first", CIFAR);
        long second = open(other, "second", CIFAR);

        // When
        long third = open(one, "third", CIFAR);

        // Then
        assertThat(refusal(epoch(one, "third", third, RANDOM)))
                .isEqualTo("the selector holds 2 runs, as many as dietsb.selector.most-runs allows");
        assertThat(epoch(one, "first", first, RANDOM).hasEpochMask()).isTrue();
        assertThat(epoch(other, "second", second, RANDOM).hasEpochMask()).isTrue();

        // And: a new attempt of a held run is not another run; a run that closes makes room.
        long again = open(one, "first", CIFAR);
        assertThat(epoch(one, "first", again, RANDOM).hasEpochMask()).isTrue();
        close(other, "second", second);
        assertThat(epoch(one, "third", third, RANDOM).hasUnknown()).isTrue();
        long reopened = open(one, "third", CIFAR);
        assertThat(epoch(one, "third", reopened, RANDOM).hasEpochMask()).isTrue();
    }

    @Test
    void aRunThatWasSilentForTooLongMakesRoom() {
        settings.put("most-runs", "1");
        settings.put("forget-after", "PT1H");
        MaskAnswers answers = partition();
        open(answers, "silent", CIFAR);
        nowMillis += Duration.ofHours(2).toMillis();
        answers.attempts.forget(nowMillis);
        assertThat(epoch(answers, "next", open(answers, "next", CIFAR), RANDOM).hasEpochMask())
                .isTrue();
    }

    @Test
    void refusesLossesBeyondTheirShareOfTheHeap() {
        // Given: room for the losses of two such runs, and for what one of them needs besides at its first batch.
        long ofOne = LastLosses.bytes(CIFAR)
                + LossHistory.bytes(1_024, false)
                + TimesSelected.bytes(CIFAR)
                + RunFigures.bytes(128)
                + 2 * Recording.bytes(CIFAR);
        heapBytes = 5 * ofOne + 2 * RunFigures.bytes(128);
        settings.put("losses-of-heap", "0.5");
        MaskAnswers one = partition();
        MaskAnswers other = partition();
        long first = open(one, "first", CIFAR);
        assertThat(epoch(one, "first", first, Stored.SELECTIVE).hasEpochMask()).isTrue();
        assertThat(epoch(other, "second", open(other, "second", CIFAR), Stored.SELECTIVE)
                        .hasEpochMask())
                .isTrue();
        assertThat(one.lossBytes()).isEqualTo(ofOne);

        // When
        long third = open(other, "third", CIFAR);
        String refusal = refusal(epoch(other, "third", third, Stored.SELECTIVE));

        // Then
        assertThat(refusal)
                .startsWith("the run's losses take 0.4 MiB, those before 0.7 MiB: dietsb.selector.losses-of-heap "
                        + "allows 0.5 of the 1.9 MiB")
                .contains("-Xmx");
        assertThat(epoch(other, "third", third, 1, RANDOM).hasEpochMask())
                .as("a policy without losses takes less")
                .isTrue();
        assertThat(refusal(batch(other, "third", third, 128, Stored.SELECTIVE)))
                .startsWith("the run's losses take 0.2 MiB, those before 0.9 MiB");
        assertThatThrownBy(() -> trained(other, "third", third))
                .hasMessageStartingWith("the run's losses take 0.2 MiB");
        assertThat(batch(one, "first", first, 128, Stored.SELECTIVE).hasBatchMask())
                .isTrue();

        // And
        close(one, "first", first);
        assertThat(epoch(other, "third", third, Stored.SELECTIVE).hasEpochMask())
                .isTrue();
    }

    @Test
    void refusesToChooseAmongMoreExamplesThanFitInTheHeap() {
        settings.put("largest-dataset", "100000000");
        MaskAnswers answers = partition();
        long imageNet = open(answers, "image-net", 1_281_167);
        assertThat(epoch(answers, "image-net", imageNet, INFO_BATCH).hasEpochMask())
                .isTrue();
        long huge = open(answers, "huge", 50_000_000);
        assertThat(refusal(epoch(answers, "huge", huge, diet())))
                .startsWith("to choose among 50000000 examples takes 115.4 MiB, allowed is 96.0 MiB")
                .contains("dietsb.selector.losses-of-heap, 0.5")
                .contains("-Xmx");
    }

    @Test
    void holdsAThousandRunsOfCifarSizeInAHeapOfThreeQuartersOfAGibibyte() {
        heapBytes = 768 * MEBIBYTE;
        MaskAnswers answers = partition();
        Map<String, Long> attempts = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            String run = "run-" + i;
            attempts.put(run, open(answers, run, CIFAR));
            assertThat(epoch(answers, run, attempts.get(run), Stored.SELECTIVE).hasEpochMask())
                    .isTrue();
        }
        attempts.forEach((run, attempt) -> {
            MaskMessage answer = batch(answers, run, attempt, 128, null);
            assertThat(answer.getRunId()).isEqualTo(run);
            assertThat(answer.getBatchMask().getSelectedCount()).isEqualTo(64);
        });
        assertThat(answers.runs()).isEqualTo(1_000);
        assertThat(answers.lossBytes()).isLessThan(384 * MEBIBYTE);
    }

    @Test
    void forgetsThePolicyOfARevisionAfterAHundredOthers() {
        MaskAnswers answers = partition();
        long attempt = open(answers, "swapping", CIFAR);
        assertThat(epoch(answers, "swapping", attempt, RANDOM).hasEpochMask()).isTrue();
        for (int revision = 0; revision <= 100; revision++) {
            send(
                    answers,
                    "swapping",
                    attempt,
                    batchOf(4).setBatch(revision).setRevision(revision).setPolicy(RANDOM));
        }
        assertThat(send(answers, "swapping", attempt, batchOf(4).setBatch(101).setRevision(1))
                        .hasBatchMask())
                .isTrue();
        assertThatThrownBy(() -> send(
                        answers, "swapping", attempt, batchOf(4).setBatch(102).setRevision(0)))
                .hasMessageStartingWith("revision is 0, which came without its policy");
    }

    private static Policy diet() {
        return Stored.SELECTIVE.toBuilder()
                .setKind(Policy.Kind.DIET)
                .setPrePruned(.25)
                .setOrder(Policy.DietOrder.RANDOM_ORDER)
                .build();
    }

    private static String refusal(MaskMessage answer) {
        assertThat(answer.hasRefused()).as("%s", answer).isTrue();
        return answer.getRefused().getReason();
    }

    private long open(MaskAnswers answers, String run, int examples) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder().setBatchSize(128);
        opened.getDatasetBuilder().setCount(examples);
        long attempt = offset;
        assertThat(answer(answers, run, 0, LossMessage.newBuilder().setAttemptOpened(opened)))
                .isEmpty();
        return attempt;
    }

    private void close(MaskAnswers answers, String run, long attempt) {
        var unused = answer(
                answers, run, attempt, LossMessage.newBuilder().setAttemptClosed(AttemptClosed.getDefaultInstance()));
    }

    private MaskMessage epoch(MaskAnswers answers, String run, long attempt, Policy policy) {
        return epoch(answers, run, attempt, 0, policy);
    }

    private MaskMessage epoch(MaskAnswers answers, String run, long attempt, int revision, Policy policy) {
        EpochOpened.Builder opened =
                EpochOpened.newBuilder().setEpoch(1).setRevision(revision).setPolicy(policy);
        return only(answer(answers, run, attempt, LossMessage.newBuilder().setEpochOpened(opened)));
    }

    private MaskMessage batch(MaskAnswers answers, String run, long attempt, int size, @Nullable Policy policy) {
        BatchLosses.Builder batch = batchOf(size);
        IntStream.range(0, size).forEach(batch::addLosses);
        return send(answers, run, attempt, policy == null ? batch : batch.setPolicy(policy));
    }

    private static BatchLosses.Builder batchOf(int size) {
        BatchLosses.Builder batch = BatchLosses.newBuilder().setEpoch(1);
        IntStream.range(0, size).forEach(batch::addIndices);
        return batch;
    }

    private MaskMessage send(MaskAnswers answers, String run, long attempt, BatchLosses.Builder batch) {
        return only(answer(answers, run, attempt, LossMessage.newBuilder().setBatchLosses(batch)));
    }

    private static MaskMessage only(List<MaskMessage> answers) {
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private void trained(MaskAnswers answers, String run, long attempt) {
        TrainedLosses.Builder losses =
                TrainedLosses.newBuilder().setEpoch(1).addIndices(1).addLosses(1);
        var unused = answer(answers, run, attempt, LossMessage.newBuilder().setTrainedLosses(losses));
    }

    private List<MaskMessage> answer(MaskAnswers answers, String run, long attempt, LossMessage.Builder message) {
        LossMessage built = message.setRunId(run).setAttempt(attempt).build();
        long at = offset++;
        while (true) {
            try {
                return answers.answer(built, at, nowMillis);
            } catch (PoisonException poison) {
                throw new AssertionError(poison.getMessage(), poison);
            } catch (PendingException notYet) {
                Thread.onSpinWait();
            }
        }
    }
}
