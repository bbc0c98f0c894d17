/** The policies of runs: changes as they arrive, and the revisions that earlier attempts were trained under. */
@NullMarked
package org.dietsb.trainer.policy;

import org.jspecify.annotations.NullMarked;
