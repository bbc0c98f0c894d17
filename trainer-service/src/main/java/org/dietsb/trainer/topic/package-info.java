/** What every reader and writer of a topic needs: topics read whole, the producer, the list of topics, readiness. */
@NullMarked
package org.dietsb.trainer.topic;

import org.jspecify.annotations.NullMarked;
