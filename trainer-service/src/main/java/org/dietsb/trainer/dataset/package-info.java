/** Images and labels: found, read, checked, and held on the device as they are. */
@NullMarked
package org.dietsb.trainer.dataset;

import org.jspecify.annotations.NullMarked;
