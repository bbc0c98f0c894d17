package org.dietsb.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Numbers as operands. A Java number DJL copies to the device of the other operand, and on a GPU that copy waits until the
 * device has done all it was given. An array of the host without dimensions goes along with the operation instead.
 */
final class Scalars {
    private Scalars() {}

    /** The number, freed with the manager. */
    static NDArray of(NDManager manager, Number number) {
        return manager.newSubManager(Device.cpu()).create(number);
    }
}
