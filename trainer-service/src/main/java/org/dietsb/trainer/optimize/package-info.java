/** Learning-rate schedules and the optimizer. */
@NullMarked
package org.dietsb.trainer.optimize;

import org.jspecify.annotations.NullMarked;
