/** Comparison of the examples that two score sets prune. */
@NullMarked
package org.dietsb.scorer.overlap;

import org.jspecify.annotations.NullMarked;
