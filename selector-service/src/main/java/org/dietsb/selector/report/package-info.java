/**
 * What only the selector that judges a run knows of it (how its losses lie, how often each example was selected, its last batches),
 * told to all on topic selection-reports, as well as may be: the last report of a run whose selector dies at its end may be missing,
 * and no mask depends on any. And what is asked of it over REST: usage, losses, cost, a policy tried on the last batches.
 */
@NullMarked
package org.dietsb.selector.report;

import org.jspecify.annotations.NullMarked;
