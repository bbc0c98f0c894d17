/** Messages to the selector: indices and losses (topic batch-losses). */
@NullMarked
package org.dietsb.trainer.loss;

import org.jspecify.annotations.NullMarked;
