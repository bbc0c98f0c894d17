/** Results of an experiment: runs whatever is missing and stores what comes of it. */
@NullMarked
package org.dietsb.launcher.result;

import org.jspecify.annotations.NullMarked;
