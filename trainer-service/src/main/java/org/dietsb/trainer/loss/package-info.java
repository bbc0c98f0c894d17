/** Step 1 of a mask's way: indices and losses leave for the selector (topic batch-losses). */
@NullMarked
package org.dietsb.trainer.loss;

import org.jspecify.annotations.NullMarked;
