package org.dietsb.launcher.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummariesTest {
    private final ObjectNode run = Runs.run("selective", 0, .5);

    @Test
    void usesTheMedianOfTheEpochsFromTheSecondOn() {
        assertThat(Summaries.secondsPerEpoch(run)).isZero();
        Runs.epoch(run, 90, 500, 1000);
        assertThat(Summaries.secondsPerEpoch(run)).isEqualTo(90);
        Runs.epoch(run, 5, 500, 1000);
        assertThat(Summaries.secondsPerEpoch(run)).isEqualTo(5);
        Runs.epoch(run, 1, 500, 1000);
        assertThat(Summaries.secondsPerEpoch(run)).isEqualTo(3);
        Runs.epoch(run, 2, 500, 1000);
        assertThat(Summaries.secondsPerEpoch(run)).isEqualTo(2);
    }

    @Test
    void summarizesAnEpochInALine() {
        Runs.epoch(run, 20, 500, 1000);
        assertThat(Summaries.line(run, run.path("epochs").get(0)))
                .isEqualTo("epoch  1  accuracy 0.5000  loss 1.2500  kept  50.0 %  mask wait 10.0 %  20.0 s");
    }

    @Test
    void anEpochThatWasChosenFromKeepsAShareOfTheTrainingSet() {
        // Given: an epoch of infobatch, whose 1,000 examples are all that is left of 1,400, and half of another.
        run.put("examples", 1_400);
        Runs.epoch(Runs.epoch(run, 20, 1_000, 0), 10, 500, 0);
        ((ObjectNode) run.path("epochs").get(1)).put("share", .5);

        assertThat(Summaries.line(run, run.path("epochs").get(0))).contains("  kept  71.4 %  ");
        assertThat(Summaries.line(run, run.path("epochs").get(1))).contains("  kept  71.4 %  ");
        run.putObject("progress")
                .put("epoch", 2)
                .put("epochs", 3)
                .put("batch", 2)
                .put("batches", 10)
                .put("seen", 200)
                .put("selected", 200);
        assertThat(Summaries.beside(run, 100)).startsWith("epoch 2/3  accuracy 0.875  keep 71 %");
    }

    @Test
    void knowsTheNominalRateOfARun() {
        assertThat(Summaries.nominal(Runs.run("baseline", 0, 0)).orElseThrow()).isZero();
        ObjectNode infobatch = Runs.run("infobatch", 0, .31);
        ((ObjectNode) infobatch.path("policy")).put("keep", .5);
        assertThat(Summaries.rates(infobatch)).isEqualTo("nominal 50.0 %, left out 31.0 %");
        assertThat(Summaries.rates(Runs.run("seta", 0, .25))).isEqualTo("no nominal rate, left out 25.0 %");
        assertThat(Summaries.rates(run)).isEmpty();
        assertThat(Summaries.nominal(Runs.run("of a later version", 0, 0))).isEmpty();
    }

    @Test
    void showsTheKeepRateOfBatchesWithAMask() {
        // Given: six batches announced, two of them trained
        run.putObject("progress")
                .put("epoch", 2)
                .put("epochs", 10)
                .put("batch", 2)
                .put("batches", 8)
                .put("seen", 768)
                .put("selected", 128)
                .put("maskWaitSeconds", .5)
                .put("seconds", 4);
        // Then
        assertThat(Summaries.beside(run, 128)).isEqualTo("epoch 2/10  accuracy 0.875  keep 50 %  mask wait 12.5 %");
    }

    @Test
    void writesEveryFieldOfASummaryEvenWithoutAValue() {
        // Given
        run.remove("accuracy");
        // When
        ObjectNode summary = Summaries.summary(run, null);
        // Then
        assertThat(summary.path("accuracy").isNull()).isTrue();
        assertThat(summary.path("scoring")).hasToString("{\"members\":0,\"epochs\":0,\"seconds\":0.0,\"examples\":0}");
        assertThat(run.has("scoring")).isFalse();
    }

    @Test
    void writesOneLinePerEpochAndLeavesMissingFiguresEmpty() {
        Runs.epoch(Runs.epoch(run, 2, 500, 1000), 1, 250, 1000);
        run.put("dataset", "fashion-mini").put("model", "resnet8").put("seed", 3);
        assertThat(Summaries.csv(List.of(run))).isEqualTo("""
            run,policy,control,dataset,model,seed,epoch,accuracy,trainLoss,learningRate,seconds,seen,selected,steps,backwardExamples,\
            selectionExamples,meanLossSeen,meanLossSelected,maskWaitSeconds,maskTimeouts,evaluationSeconds
            a-selective,selective,,fashion-mini,resnet8,3,1,0.5,1.25,,2.0,1000,500,,,1000,,,0.2,3,0.2
            a-selective,selective,,fashion-mini,resnet8,3,2,0.5,1.25,,1.0,1000,250,,,1000,,,0.1,3,0.1
            """);
    }
}
