/** Which examples of a batch to backpropagate: pure functions of seed, place, losses and history. */
@NullMarked
package org.dietsb.selector.policy;

import org.jspecify.annotations.NullMarked;
