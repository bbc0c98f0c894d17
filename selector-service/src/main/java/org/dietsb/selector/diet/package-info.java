/** Diets: which examples a run never trains on, by EL2N scores or at random. */
@NullMarked
package org.dietsb.selector.diet;

import org.jspecify.annotations.NullMarked;
