/** What Prometheus sees: every stage of a step by name, examples, losses, time-outs. */
@NullMarked
package org.dietsb.trainer.metric;

import org.jspecify.annotations.NullMarked;
