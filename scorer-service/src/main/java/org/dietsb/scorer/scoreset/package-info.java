/** Finished score sets: in chunks on topic el2n-scores, complete in memory, as JSON and CSV over REST. */
@NullMarked
package org.dietsb.scorer.scoreset;

import org.jspecify.annotations.NullMarked;
