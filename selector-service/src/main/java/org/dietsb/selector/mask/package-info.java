/** Answers losses (topic batch-losses) with masks (topic backprop-masks). */
@NullMarked
package org.dietsb.selector.mask;

import org.jspecify.annotations.NullMarked;
