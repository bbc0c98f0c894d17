/** Checkpoints on disk, from which a run resumes at a barrier. */
@NullMarked
package org.dietsb.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
