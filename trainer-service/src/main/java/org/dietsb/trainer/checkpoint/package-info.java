/** What a run needs to go on from a barrier, on disk. */
@NullMarked
package org.dietsb.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
