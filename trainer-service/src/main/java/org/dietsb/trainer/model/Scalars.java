package org.dietsb.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Numbers as operands. DJL copies a Java number to the device of the other operand, and on a GPU this copy waits until the GPU has
 * finished all queued work. A host array without dimensions is passed along with the operation instead.
 */
final class Scalars {
    private Scalars() {}

    /** Returns the number as an array that is freed with the manager. */
    static NDArray of(NDManager manager, Number number) {
        return manager.newSubManager(Device.cpu()).create(number);
    }
}
