package org.dietsb.faults.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The file of masks for clients in other languages is what the trainer's loop gets: here the first epochs of some policies. */
class GoldenMasksTest {
    private static final int FIRST = 2;

    @Test
    void theFirstEpochsHaveTheMasksOfTheFile() throws Exception {
        try (GoldenMasks masks = new GoldenMasks()) {
            for (String run :
                    new String[] {"percentile", "infobatch", "repb", "orderdp", "seta", "bls", "repb-cap", "rho", "rcap"
                    }) {
                MaskDigests found = masks.train(run, FIRST);

                assertThat(found.perEpoch())
                        .as(run)
                        .isEqualTo(GoldenMasks.digests(run).subList(0, FIRST));
            }
        }
    }
}
