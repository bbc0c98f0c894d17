/** Selection rules: which examples of a batch to backpropagate, as pure functions of seed, place, losses and history. */
@NullMarked
package org.dietsb.selector.policy;

import org.jspecify.annotations.NullMarked;
