/** The runs of all trainers, read from topic run-events. */
@NullMarked
package org.dietsb.selector.run;

import org.jspecify.annotations.NullMarked;
