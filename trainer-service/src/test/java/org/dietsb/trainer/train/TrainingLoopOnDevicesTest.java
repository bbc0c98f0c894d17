package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;

import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.dietsb.trainer.AnyDevice;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.mask.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole run on every device. */
@Tag("gpu")
class TrainingLoopOnDevicesTest {
    private static final float LOSS_TOLERANCE = .03f;

    @ParameterizedTest
    @EnumSource
    void trainsToTheEnd(AnyDevice where) throws InterruptedException {
        TestRun.Result result = new TestRun().device(where.open()).epochs(4).run(HIGHER_HALF);

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Completed());
        List<EpochFigures> epochs = result.epochs();
        assertThat(epochs).hasSize(4).allSatisfy(epoch -> {
            assertThat(epoch.steps()).isEqualTo(TestRun.BATCHES);
            assertThat(epoch.selected()).isEqualTo(TestRun.EXAMPLES / 2);
            assertThat(epoch.backwardExamples()).isEqualTo(TestRun.EXAMPLES / 2);
            assertThat(epoch.accuracy()).isBetween(0., 1.);
        });
        assertThat(Objects.requireNonNull(epochs.get(3).trainLoss()))
                .isLessThan(Objects.requireNonNull(epochs.get(0).trainLoss()));
    }

    @ParameterizedTest
    @EnumSource
    void theFirstMasksAreThoseOfTheCpuWhereverLossesAreNotAlmostEqual(AnyDevice where) throws InterruptedException {
        List<Announcement> here = announced(new TestRun().device(where.open()));
        List<Announcement> onCpu = announced(new TestRun().device(TestDevice.CPU));

        for (int batch = 0; batch < here.size(); batch++) {
            float[] losses = losses(here.get(batch));
            float[] expected = losses(onCpu.get(batch));
            assertThat(losses).containsExactly(expected, within(LOSS_TOLERANCE));

            float[] sorted = expected.clone();
            Arrays.sort(sorted);
            float limit = sorted[sorted.length / 2];
            List<Integer> selected = selected(here.get(batch));
            List<Integer> selectedOnCpu = selected(onCpu.get(batch));
            for (int place = 0; place < losses.length; place++) {
                if (Math.abs(expected[place] - limit) > 2 * LOSS_TOLERANCE) {
                    assertThat(selected.contains(place)).isEqualTo(selectedOnCpu.contains(place));
                }
            }
        }
    }

    /** Batches that were announced before the first step. */
    private static List<Announcement> announced(TestRun run) throws InterruptedException {
        return run.window(4).epochs(1).run(HIGHER_HALF).selector().announcements.subList(0, 4);
    }

    private static float[] losses(Announcement batch) {
        return Objects.requireNonNull(batch.losses());
    }

    private static List<Integer> selected(Announcement batch) {
        Answer.BatchMask mask = (Answer.BatchMask) Objects.requireNonNull(HIGHER_HALF.toBatch(batch));
        return Arrays.stream(mask.selected()).boxed().toList();
    }

    @ParameterizedTest
    @EnumSource
    void measuringWholeStagesChangesTheTimesAlone(AnyDevice where) throws InterruptedException {
        TestRun.Result measured =
                new TestRun().device(where.open()).measuringWholeStages().run(HIGHER_HALF);
        TestRun.Result plain = new TestRun().device(where.open()).run(HIGHER_HALF);

        for (String stage : List.of("gather", "forward_backward", "optimizer")) {
            assertThat(timer(measured, stage).count()).isEqualTo(2 * TestRun.BATCHES);
        }
        assertThat(timer(measured, "selection_forward").count()).isEqualTo(2 * TestRun.BATCHES);
        assertThat(timer(measured, "evaluate").count()).isEqualTo(2);
        assertThat(measured.what()).isEqualTo(plain.what());
        if (where == AnyDevice.CPU) {
            assertThat(measured.checksum()).isEqualTo(plain.checksum());
        }
    }

    private static Timer timer(TestRun.Result result, String stage) {
        return result.registry().get("dietsb_stage").tag("stage", stage).timer();
    }
}
