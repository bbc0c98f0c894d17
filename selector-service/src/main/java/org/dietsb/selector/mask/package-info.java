/** A loss comes in (topic batch-losses), a mask goes out (topic backprop-masks). */
@NullMarked
package org.dietsb.selector.mask;

import org.jspecify.annotations.NullMarked;
