/** The device to train on, and PyTorch's native library. */
@NullMarked
package org.dietsb.trainer.device;

import org.jspecify.annotations.NullMarked;
