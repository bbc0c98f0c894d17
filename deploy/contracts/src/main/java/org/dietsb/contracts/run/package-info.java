/** Runs as topic run-events describes them. */
@NullMarked
package org.dietsb.contracts.run;

import org.jspecify.annotations.NullMarked;
