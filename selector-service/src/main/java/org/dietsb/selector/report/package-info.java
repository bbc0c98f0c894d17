/**
 * What only the selector that judges a run knows of it (how its losses lie, how often each example was selected, its last batches),
 * told to all on topic selection-reports; and what is asked of it over REST: usage, losses, cost, a policy tried on the last batches.
 */
@NullMarked
package org.dietsb.selector.report;

import org.jspecify.annotations.NullMarked;
