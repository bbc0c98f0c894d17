package org.dietsb.trainer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where a test runs that is about GPUs: on the CPU too, so that its logic is proven where there is no GPU. */
public enum AnyDevice {
    CPU,
    GPU;

    private static final String NONE = "libtorch finds no GPU here";
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    /** The device. A test that needs a GPU and has none is skipped here, and the first one says so where people look. */
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
