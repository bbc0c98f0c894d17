/** Scorings: request, orders and reports of the members, and publication of the scores. */
@NullMarked
package org.dietsb.scorer.scoring;

import org.jspecify.annotations.NullMarked;
