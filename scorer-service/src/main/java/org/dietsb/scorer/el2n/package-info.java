/** EL2N: from error norms to scores, and from scores to pruned examples. */
@NullMarked
package org.dietsb.scorer.el2n;

import org.jspecify.annotations.NullMarked;
