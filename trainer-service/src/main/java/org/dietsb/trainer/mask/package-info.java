/** Last step of a mask's way: what the selector answered (topic backprop-masks), and the policy that asks for it. */
@NullMarked
package org.dietsb.trainer.mask;

import org.jspecify.annotations.NullMarked;
