/** Policies over REST: read, swap, dry run; topic selector-policies. */
@NullMarked
package org.dietsb.selector.swap;

import org.jspecify.annotations.NullMarked;
