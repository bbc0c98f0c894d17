/** What policies require of the trainer: which policy is in force, when to run selection passes, what to train whole. */
@NullMarked
package org.dietsb.trainer.policy;

import org.jspecify.annotations.NullMarked;
