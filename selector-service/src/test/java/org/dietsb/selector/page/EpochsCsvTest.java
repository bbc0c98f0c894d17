package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dietsb.selector.run.Sheets;
import org.junit.jupiter.api.Test;

class EpochsCsvTest {

    @Test
    void hasALineForEachEpochAndLeavesUnknownValuesEmpty() {
        double[] seconds = {4, 1, 2.5, .5};
        String csv = EpochsCsv.of(Sheets.of(
                100,
                10,
                2,
                0,
                List.of(),
                List.of(
                        Sheets.epoch(1, .5, 100, 50, 100, 100, seconds, 1),
                        Sheets.epoch(2, null, 100, 50, 0, 0, seconds, 1))));
        assertThat(csv.split("\r\n", -1))
                .containsExactly(
                        "epoch,accuracy,train_loss,mean_loss_seen,mean_loss_selected,kept,passes,backward_examples,"
                                + "selection_examples,seconds,selection_seconds,step_seconds,mask_wait_seconds,share",
                        "1,0.5,0.0,,,0.0,0.8333333333333334,50,100,4.0,1.0,2.5,0.5,1.0",
                        "2,,0.0,,,0.0,0.5,50,0,4.0,1.0,2.5,0.5,1.0",
                        "");
    }
}
