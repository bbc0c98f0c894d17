package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dietsb.trainer.train.ScriptedSelector.AT_ONCE;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.TestRun.BATCH;
import static org.dietsb.trainer.train.TestRun.BATCHES;
import static org.dietsb.trainer.train.TestRun.EXAMPLES;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of device work depends on the places of batches only, however long masks travel. */
class PipeliningTest {

    /** Some milliseconds at most, so that masks overtake each other. */
    private static Executor atRandom() {
        Random random = new Random(1);
        return delivery -> CompletableFuture.delayedExecutor(random.nextInt(12), TimeUnit.MILLISECONDS)
                .execute(delivery);
    }

    /** Longer than a step on most machines. */
    private static Executor slowly() {
        return CompletableFuture.delayedExecutor(80, TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void runsOfOneSeedEndInTheSameBitsHoweverLongMasksTravel(int window) throws InterruptedException {
        String undelayed =
                new TestRun().window(window).run(HIGHER_HALF, AT_ONCE).checksum();

        assertThat(new TestRun().window(window).run(HIGHER_HALF, atRandom()).checksum())
                .isEqualTo(undelayed);
        assertThat(new TestRun().window(window).run(HIGHER_HALF, slowly()).checksum())
                .isEqualTo(undelayed);
        assertThat(new TestRun()
                        .window(window)
                        .seed(8)
                        .run(HIGHER_HALF, AT_ONCE)
                        .checksum())
                .as("another seed")
                .isNotEqualTo(undelayed);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void announcesABatchRightAfterTheSlotOfTheBatchAWindowBefore(int window) throws InterruptedException {
        // Given: the order that the window implies; a slot is reported after the announcement that follows it.
        List<String> expected = new ArrayList<>(List.of("open 1", "kept " + EXAMPLES, "revision 0 from 1/0"));
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (int batch = 0; batch < Math.min(window, BATCHES); batch++) {
                expected.add("announce " + epoch + "/" + batch);
            }
            for (int batch = 0; batch < BATCHES; batch++) {
                if (batch + window < BATCHES) {
                    expected.add("announce " + epoch + "/" + (batch + window));
                }
                expected.add("slot " + epoch + "/" + batch);
            }
            String state = "state " + epoch + "/" + BATCHES;
            expected.addAll(
                    epoch == 1
                            ? List.of(state, "given", "open 2", "done 1", "barrier 1/" + BATCHES, "kept " + EXAMPLES)
                            : List.of("done 2", state, "barrier 2/" + BATCHES));
        }

        // When: masks come at once, or late and out of order.
        TestRun.Result atOnce = new TestRun().window(window).run(HIGHER_HALF, AT_ONCE);
        TestRun.Result late = new TestRun().window(window).run(HIGHER_HALF, atRandom());

        // Then
        assertThat(atOnce.what()).containsExactlyElementsOf(expected);
        assertThat(late.what()).containsExactlyElementsOf(expected);
    }

    @Test
    void windowPlacesStepsBetweenSelectionPasses() throws InterruptedException {
        // Given: a window of 3, and half of each batch selected.
        TestRun.Result result = new TestRun().window(3).run(HIGHER_HALF);

        // Then: with batch b announced, b + 1 batches went through their selection pass and b - 2 were trained.
        for (int batch = 0; batch < BATCHES - 1; batch++) {
            int trained = Math.max(0, batch - 2);
            assertThat(result.event("announce 1/" + batch).gathered())
                    .as("examples gathered by batch %d", batch)
                    .isEqualTo((batch + 1) * (long) BATCH + trained * (long) BATCH / 2);
        }
        // And: the window is empty at the epoch's end.
        assertThat(result.event("open 2").gathered()).isEqualTo(EXAMPLES + EXAMPLES / 2);
        assertThat(result.event("announce 2/0").gathered()).isEqualTo(EXAMPLES + EXAMPLES / 2 + BATCH);
    }

    @Test
    void opensTheNextEpochBeforeItEvaluatesTheLast() throws InterruptedException {
        TestRun.Result result = new TestRun().run(HIGHER_HALF);

        assertThat(result.event("open 2").tested()).isZero();
        assertThat(result.event("done 1").tested()).isEqualTo(50);
        assertThat(result.event("done 2").tested()).isEqualTo(100);
        assertThat(result.epochs()).extracting(EpochFigures::accuracy).doesNotContainNull();
    }

    @Test
    void roundTripOfEveryMaskIsMeasured() throws InterruptedException {
        TestRun.Result result = new TestRun().run(HIGHER_HALF, slowly());

        var roundTrip = result.registry().get("dietsb_mask_round_trip").timer();
        assertThat(roundTrip.count()).isEqualTo(2 * BATCHES);
        assertThat(roundTrip.totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(2 * BATCHES * 80);
    }
}
