/** The scorer: EL2N scores from the error norms that ensembles of briefly trained models report. */
@NullMarked
package org.dietsb.scorer;

import org.jspecify.annotations.NullMarked;
