/** The losses of a run, as topic batch-losses has them. */
@NullMarked
package org.dietsb.contracts.loss;

import org.jspecify.annotations.NullMarked;
