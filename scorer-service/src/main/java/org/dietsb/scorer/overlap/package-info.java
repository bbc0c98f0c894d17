/** How far two score sets would prune the same examples. */
@NullMarked
package org.dietsb.scorer.overlap;

import org.jspecify.annotations.NullMarked;
