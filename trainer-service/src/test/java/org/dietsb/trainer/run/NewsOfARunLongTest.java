package org.dietsb.trainer.run;

import org.junit.jupiter.api.Test;

/** A longer run. */
class NewsOfARunLongTest {
    @Test
    void ofTwentyThousandTinyEpochs() throws Exception {
        new NewsOfARunTest().ofTinyEpochs(20_000);
    }
}
