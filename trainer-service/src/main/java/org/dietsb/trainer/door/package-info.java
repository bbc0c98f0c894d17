/** Who may come in over REST, and what is said to those who may not. */
@NullMarked
package org.dietsb.trainer.door;

import org.jspecify.annotations.NullMarked;
