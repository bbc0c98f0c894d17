/** Finds, reads and checks images and labels, and keeps them on the device. */
@NullMarked
package org.dietsb.trainer.dataset;

import org.jspecify.annotations.NullMarked;
