/** Follows runs, scorings and mask records of a running system until they end. */
@NullMarked
package org.dietsb.launcher.follow;

import org.jspecify.annotations.NullMarked;
