/** Runs as all trainers see them: what they publish on topic run-events, and what is known of every run. */
@NullMarked
package org.dietsb.trainer.news;

import org.jspecify.annotations.NullMarked;
