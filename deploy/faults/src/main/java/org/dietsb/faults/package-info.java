/** The fault harness: rounds of faults on a real system, each followed by a check of its topics. */
@NullMarked
package org.dietsb.faults;

import org.jspecify.annotations.NullMarked;
