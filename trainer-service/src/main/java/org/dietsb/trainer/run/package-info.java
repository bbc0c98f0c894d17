/** Runs: orders come in, their figures go out, over REST and Kafka. */
@NullMarked
package org.dietsb.trainer.run;

import org.jspecify.annotations.NullMarked;
