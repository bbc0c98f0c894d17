/** Follows runs and scorings until they end, and summarizes runs, scores, masks and policies. */
@NullMarked
package org.dietsb.launcher.follow;

import org.jspecify.annotations.NullMarked;
