package org.dietsb.trainer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.util.concurrent.atomic.AtomicBoolean;

/** Devices of a test about GPUs: also the CPU, which verifies its logic without a GPU. */
public enum AnyDevice {
    CPU,
    GPU;

    private static final String NONE = "libtorch finds no GPU here";
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    /** Returns the device. Skips a test that needs a GPU if there is none, and logs it once. */
    public Device open() {
        if (this == CPU) {
            return TestDevice.CPU;
        }
        boolean here = TestDevice.gpu().isPresent();
        if (!here && !TOLD.getAndSet(true)) {
            System.out.println("Tests that need a GPU are skipped: " + NONE);
        }
        assumeTrue(here, NONE);
        return TestDevice.gpu().orElseThrow();
    }
}
