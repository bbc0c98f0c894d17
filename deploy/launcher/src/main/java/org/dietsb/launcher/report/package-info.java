/** From an experiment's results to figures, verdicts and files; reads and starts nothing. */
@NullMarked
package org.dietsb.launcher.report;

import org.jspecify.annotations.NullMarked;
