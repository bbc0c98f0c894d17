/** Gauges that carry a run label, and gauges of the whole fleet of trainers. */
@NullMarked
package org.dietsb.trainer.gauge;

import org.jspecify.annotations.NullMarked;
