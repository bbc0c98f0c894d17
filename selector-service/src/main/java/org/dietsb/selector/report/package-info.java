/**
 * Reports of runs on topic selection-reports: loss histograms, how often each example was selected, the last batches, all known only
 * to the selector that judges the run. Reports are best effort: the last one is missing if the selector dies as the run ends, and no
 * mask depends on any. REST offers usage, losses, cost, and a policy tried on the last batches.
 */
@NullMarked
package org.dietsb.selector.report;

import org.jspecify.annotations.NullMarked;
