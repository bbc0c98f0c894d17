/** Executes orders: attempts, resumption from checkpoints, results. */
@NullMarked
package org.dietsb.trainer.run;

import org.jspecify.annotations.NullMarked;
