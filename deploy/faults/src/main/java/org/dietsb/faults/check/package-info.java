/** Comparison of a run with its reference. */
@NullMarked
package org.dietsb.faults.check;

import org.jspecify.annotations.NullMarked;
