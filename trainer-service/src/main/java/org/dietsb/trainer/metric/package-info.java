/** Meters without a run label: stages of a step, examples, time-outs, checkpoints, orders. */
@NullMarked
package org.dietsb.trainer.metric;

import org.jspecify.annotations.NullMarked;
