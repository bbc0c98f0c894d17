/** Runs and scorings while they are on, as a progress bar or as lines. */
@NullMarked
package org.dietsb.launcher.follow;

import org.jspecify.annotations.NullMarked;
