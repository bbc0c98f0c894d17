/** EL2N, plainly: from error norms to scores, from scores to what is pruned. */
@NullMarked
package org.dietsb.scorer.el2n;

import org.jspecify.annotations.NullMarked;
