/** The training loop: announces batches, spends masks, steps, evaluates. Knows no Kafka and no REST. */
@NullMarked
package org.dietsb.trainer.train;

import org.jspecify.annotations.NullMarked;
