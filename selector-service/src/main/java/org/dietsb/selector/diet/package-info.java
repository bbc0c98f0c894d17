/** Which examples a run leaves out for good, by EL2N scores or at random. */
@NullMarked
package org.dietsb.selector.diet;

import org.jspecify.annotations.NullMarked;
