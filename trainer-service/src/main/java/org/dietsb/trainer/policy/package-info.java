/** The policies of runs: the changes of topic selector-policies, stamps of earlier attempts, and what a policy requires of the trainer. */
@NullMarked
package org.dietsb.trainer.policy;

import org.jspecify.annotations.NullMarked;
