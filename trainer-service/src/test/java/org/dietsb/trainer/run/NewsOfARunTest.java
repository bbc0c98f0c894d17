package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.gauge.Usage;
import org.dietsb.trainer.news.PublishedBytes;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.RunListener.EpochProgress;
import org.junit.jupiter.api.Test;

/** The bytes that a run takes on topic run-events grow with its length, not with the square of it. */
class NewsOfARunTest {
    private static final int EXAMPLES = 1_000;

    private static final RunJournal.Keeper NOTHING = new RunJournal.Keeper() {
        @Override
        public boolean stops() {
            return false;
        }

        @Override
        public void keep(Run soFar, double beforeDiet, LoopState state) {}

        @Override
        public void scored(float[] errorNorms) {}

        @Override
        public void missed(int epoch, int batch) {}
    };

    private final PublishedBytes published = new PublishedBytes();
    private long nanos;

    private PublishedBytes train(int epochs, int batches, double secondsOfBatch) throws Exception {
        Dataset dataset = new DatasetCatalog(Path.of("nowhere")).open("fashion-mini", null, EXAMPLES);
        RunJournal journal = new RunJournal(
                TestOrders.baseline("run-20261129-120000-abcd"),
                dataset,
                1_234_567,
                1_700_000_000_000L,
                0,
                true,
                "trainer 0, libtorch 0 on cpu",
                new Usage(EXAMPLES),
                published,
                NOTHING,
                () -> nanos);
        int[] all = IntStream.range(0, EXAMPLES).toArray();
        journal.started();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            journal.epochOpened(epoch, epochs, all, Policy.BASELINE);
            if (epoch == 1) {
                journal.policyPlaced(0, Policy.BASELINE, 1, 0);
            }
            for (int batch = 1; batch <= batches; batch++) {
                nanos += (long) (secondsOfBatch * 1e9);
                journal.slotDone(
                        epoch,
                        batch,
                        batches,
                        new EpochProgress(batch * 128L, batch * 64L, .125 * batch, secondsOfBatch * batch, false));
            }
            double seconds = secondsOfBatch * batches;
            journal.epochDone(new EpochFigures(
                    epoch,
                    .5 + epoch * 1e-5,
                    1.0 / epoch,
                    .1 / epoch,
                    seconds,
                    EXAMPLES,
                    EXAMPLES / 2,
                    batches,
                    EXAMPLES / 2,
                    EXAMPLES,
                    1.5 / epoch,
                    1.75 / epoch,
                    seconds / 8,
                    0,
                    List.of(0L),
                    seconds / 9,
                    seconds / 3,
                    seconds / 2,
                    EXAMPLES,
                    1));
        }
        journal.ended(Run.State.COMPLETED, "", "f".repeat(64));
        return published;
    }

    @Test
    void ofTwoHundredEpochsOfAMinute() throws Exception {
        PublishedBytes bytes = train(200, 300, .2);
        System.out.println("200 epochs of 60 s: " + bytes);
        assertThat(bytes.bytes()).isLessThan(4_000_000).isLessThan(bytes.ifWhole() / 50);
    }

    @Test
    void ofAThousandTinyEpochs() throws Exception {
        PublishedBytes bytes = train(1_108, 8, .0125);
        System.out.println("1,108 epochs of 0.1 s: " + bytes);
        assertThat(bytes.bytes()).isLessThan(1_000_000);
    }

    @Test
    void ofFiveThousandTinyEpochs() throws Exception {
        ofTinyEpochs(5_000);
    }

    void ofTinyEpochs(int epochs) throws Exception {
        PublishedBytes bytes = train(epochs, 2, .005);
        System.out.println(epochs + " epochs of 0.01 s: " + bytes);
        assertThat(bytes.bytes()).isLessThan(epochs * 500L);
    }
}
