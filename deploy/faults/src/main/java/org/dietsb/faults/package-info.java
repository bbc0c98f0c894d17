/**
 * The fault harness: rounds of faults on a real system, and the checker of what is left in its topics.
 */
@NullMarked
package org.dietsb.faults;

import org.jspecify.annotations.NullMarked;
