/** What is left of runs when they are over: the table, the summary, the CSV file, the model. */
@NullMarked
package org.dietsb.launcher.report;

import org.jspecify.annotations.NullMarked;
