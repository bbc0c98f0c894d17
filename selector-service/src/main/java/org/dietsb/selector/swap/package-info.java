/** Policies over REST: read, swapped, tried dry; topic selector-policies. */
@NullMarked
package org.dietsb.selector.swap;

import org.jspecify.annotations.NullMarked;
