/** Reports of experiments: runs whatever is missing, stores results, and turns them into figures, verdicts and files. */
@NullMarked
package org.dietsb.launcher.report;

import org.jspecify.annotations.NullMarked;
