package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.DeviceImages;
import org.junit.jupiter.api.Test;

/** Ten thousand selection passes and steps with evaluations in between: the memory growth of a night of training. */
class TrainingMemoryLongTest {
    private static final int WARM_UP = 2_000;
    private static final int STEPS = 10_000;

    @Test
    void memoryGrowsByLessThanOnePercentInTenThousandSteps() throws IOException {
        int arraysBefore = 0;
        long residentBefore = 0;
        try (Network network = Network.create(
                        TestDevice.fresh("resnet8", 1, 10, 1, .9, 5e-4), Device.cpu(), TestDevice.FLOAT32);
                DeviceImages images = new DeviceImages(
                        network.manager(), TrainingMemoryTest.noise(), new float[] {.5f}, new float[] {.25f})) {
            for (int step = 0; step < WARM_UP + STEPS; step++) {
                if (step == WARM_UP) {
                    arraysBefore = TestDevice.liveArrays(network.manager());
                    residentBefore = residentWithoutGarbage();
                }
                TrainingMemoryTest.selectAndStep(network, images, step);
            }
            long resident = residentWithoutGarbage();
            System.out.printf(
                    "Resident after %,d steps: %,d kB; after %,d more: %,d kB%n",
                    WARM_UP, residentBefore, STEPS, resident);
            assertThat(TestDevice.liveArrays(network.manager())).isEqualTo(arraysBefore);
            assertThat(resident - residentBefore).isLessThan(residentBefore / 100);
        }
    }

    private static long residentWithoutGarbage() throws IOException {
        System.gc();
        return TestDevice.residentKilobytes();
    }
}
