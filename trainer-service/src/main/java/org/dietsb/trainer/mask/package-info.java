/** Answers of the selector (topic backprop-masks). */
@NullMarked
package org.dietsb.trainer.mask;

import org.jspecify.annotations.NullMarked;
