/** Score sets as they travel in topic el2n-scores. */
@NullMarked
package org.dietsb.contracts.score;

import org.jspecify.annotations.NullMarked;
