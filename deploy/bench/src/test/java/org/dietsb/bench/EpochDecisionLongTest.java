package org.dietsb.bench;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three epochs of ImageNet-21k under each policy, in a selector of 512 MiB. */
class EpochDecisionLongTest {

    @Test
    void everyMaskOfImageNet21kIsThatOfItsRule(@TempDir Path folder) throws Exception {
        EpochDecisionTest.run(folder, "--rounds=1");
    }
}
