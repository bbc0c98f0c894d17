/** The training loop: announces batches, spends masks, steps, evaluates. Independent of Kafka and REST. */
@NullMarked
package org.dietsb.trainer.train;

import org.jspecify.annotations.NullMarked;
