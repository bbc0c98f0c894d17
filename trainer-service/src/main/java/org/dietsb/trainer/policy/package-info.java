/** The policies of runs: the changes of topic selector-policies, and stamps of earlier attempts. */
@NullMarked
package org.dietsb.trainer.policy;

import org.jspecify.annotations.NullMarked;
